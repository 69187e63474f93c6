import { defineMetric } from '../platform/metrics.ts';

export const CLEANUP_DID = defineMetric({
  name: 'holdfast_cleanup_done_total',
  help: 'What the cleanup put right, by step and kind.',
  labels: ['step', 'what'],
});
export const CLEANUP_FAILURES = defineMetric({
  name: 'holdfast_cleanup_failures_total',
  help: 'Steps of the cleanup that failed; the next interval tries again.',
  labels: ['step'],
});
export const CLEANUP_STEP_DURATION = defineMetric({
  name: 'holdfast_cleanup_step_duration_seconds',
  help: 'How long a step of the cleanup took.',
  labels: ['step'],
});
export const AUDIT_BREACHES = defineMetric({
  name: 'holdfast_audit_breaches',
  help: 'What breaches an invariant (I1 to I5 of DESIGN.md) at the last audit: alert above 0. The money at Stripe itself is only compared by `npm run audit`.',
  labels: ['invariant', 'breach'],
});
export const AUDIT_COUNTS = defineMetric({
  name: 'holdfast_audit_counts',
  help: 'How much the last audit looked at.',
  labels: ['invariant', 'what'],
});
