import type { AuditReport } from '../../../src/reconciliation/audit.ts';
import { audit } from '../../../src/reconciliation/audit.ts';
import type { Crowd } from '../crowd/crowd.ts';
import { type Contradiction, checkSeat } from '../history/check-seat.ts';
import { seatHistories } from '../history/seat-histories.ts';
import type { System } from '../system/system.ts';
import { checkHolds } from './check-holds.ts';
import { checkJobs } from './check-jobs.ts';
import { checkMoney } from './check-money.ts';
import { checkSeats } from './check-seats.ts';

/** Everything that must be true of a run when the system rests; returns what is not, in words. */
export async function checkRun(
  system: System,
  crowd: Crowd,
  run: { hasLostRedis: boolean },
): Promise<string[]> {
  const { resources, standIn } = system;
  const { entries } = crowd.ledger;
  const report = await audit(resources);
  return [
    ...auditBreaches(report),
    ...(await checkHolds(resources.db, crowd.eventId, entries)),
    ...(await checkMoney(resources.db, crowd.eventId, await standIn.captures())),
    ...(await checkSeats(resources, crowd.eventId, crowd.seatCount)),
    ...(await checkJobs(resources, crowd.eventId, entries, run)),
    ...historyBreaches(crowd),
  ];
}

function auditBreaches({ findings }: AuditReport): string[] {
  return findings.flatMap(({ invariant, examples }) =>
    examples.map((example) => `audit ${invariant}: ${example}`),
  );
}

/** Each seat's history, as the buyers saw it, must be explained by one order of what was done. */
export function historyBreaches({ ledger, seatCount }: Pick<Crowd, 'ledger' | 'seatCount'>): string[] {
  return seatHistories(ledger.entries, seatCount).flatMap((operations, index) => {
    const contradiction = check(operations);
    if (contradiction === null) return [];
    if (typeof contradiction === 'string') return [`history of seat ${index + 1}: ${contradiction}`];
    const { operation, possible } = contradiction;
    return [
      `history of seat ${index + 1}: ${operation.says} between ${operation.fromMs.toFixed(0)} and ${operation.toMs.toFixed(0)}, when it can only have been ${possible.join(' or ')}`,
    ];
  });
}

function check(operations: Parameters<typeof checkSeat>[0]): Contradiction | string {
  try {
    return checkSeat(operations);
  } catch (error) {
    return String(error);
  }
}
