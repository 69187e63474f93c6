import type { Resources } from '../resources.ts';
import type { AuditReport } from './audit.ts';

/** An audit and when it was made. */
export type DatedAudit = AuditReport & { readonly at: string };

const KEY = 'latest-audit';
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** Keeps the report for the administrators' page. Losing it loses nothing: the next audit is made within a minute. */
export async function rememberAudit(
  { redis, clock }: Pick<Resources, 'redis' | 'clock'>,
  report: AuditReport,
): Promise<void> {
  const dated: DatedAudit = { ...report, at: new Date(clock.nowMs()).toISOString() };
  await redis.set(KEY, JSON.stringify(dated), 'PX', KEPT_MS);
}

/** The cleanup worker's latest audit as JSON; null while it has made none. */
export async function readLatestAudit({ redis }: Pick<Resources, 'redis'>): Promise<string | null> {
  return await redis.get(KEY);
}
