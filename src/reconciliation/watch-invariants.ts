import type { Resources } from '../resources.ts';
import { audit } from './audit.ts';
import { rememberAudit } from './latest-audit.ts';
import { AUDIT_BREACHES, AUDIT_COUNTS } from './metrics.ts';

/**
 * Shows the audit's counts as metrics, and logs each breach. Stripe's books are left out: they are compared by
 * `npm run audit`, and every payment is followed up by the steps for money anyway.
 */
export async function watchInvariants(resources: Resources): Promise<{ breaches: number }> {
  const { metrics, log } = resources;
  const report = await audit(resources, { withStripe: false });
  await rememberAudit(resources, report);
  const { findings } = report;
  let total = 0;
  for (const { invariant, counts, breaches, examples } of findings) {
    for (const [what, count] of Object.entries(counts)) metrics.set(AUDIT_COUNTS, { invariant, what }, count);
    for (const [breach, count] of Object.entries(breaches)) {
      metrics.set(AUDIT_BREACHES, { invariant, breach }, count);
      total += count;
    }
    if (examples.length > 0) log.error({ invariant, breaches, examples }, 'audit.breach');
  }
  return { breaches: total };
}
