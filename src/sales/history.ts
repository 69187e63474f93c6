import type { MoneyDelta, SeatsDelta } from './sales-store.ts';

/** How a sale stood at one moment. Money in minor units: what the confirmed bookings were worth. */
export type SalesPoint = {
  readonly atMs: number;
  readonly sold: number;
  readonly held: number;
  readonly revenue: number;
};
type Standing = { sold: number; held: number; revenue: number };

/**
 * How the sale stood at the end of each step, reckoned back from how it stands now by what changed since. Nothing but
 * the changes since `fromMs` is needed for that, however long the sale has been going on before.
 */
export function historyOf(range: {
  fromMs: number;
  toMs: number;
  stepMs: number;
  now: Standing;
  seats: readonly SeatsDelta[];
  money: readonly MoneyDelta[];
}): SalesPoint[] {
  const { fromMs, toMs, stepMs } = range;
  const stepCount = Math.max(1, Math.ceil((toMs - fromMs) / stepMs));
  const changes = changesByStep(range, stepCount);
  const points: SalesPoint[] = [];
  // The last of the changes are those that came after the end of the range.
  let standing = minus(range.now, changes[stepCount] ?? NOTHING);
  for (let step = stepCount - 1; step >= 0; step -= 1) {
    points.push({ atMs: Math.min(toMs, fromMs + (step + 1) * stepMs), ...standing });
    standing = minus(standing, changes[step] ?? NOTHING);
  }
  points.push({ atMs: fromMs, ...standing });
  return points.toReversed();
}

const NOTHING: Standing = { sold: 0, held: 0, revenue: 0 };

function changesByStep(
  { seats, money }: { seats: readonly SeatsDelta[]; money: readonly MoneyDelta[] },
  stepCount: number,
): Standing[] {
  const changes = Array.from({ length: stepCount + 1 }, () => ({ ...NOTHING }));
  const at = (step: number) => changes[Math.min(step, stepCount)];
  for (const { step, sold, held } of seats) {
    const change = at(step);
    if (change === undefined) continue;
    change.sold += sold;
    change.held += held;
  }
  for (const { step, amount } of money) {
    const change = at(step);
    if (change !== undefined) change.revenue += amount;
  }
  return changes;
}

function minus(standing: Standing, change: Standing): Standing {
  return {
    sold: standing.sold - change.sold,
    held: standing.held - change.held,
    revenue: standing.revenue - change.revenue,
  };
}
