import { setTimeout as wait } from 'node:timers/promises';
import { pruneSessions } from '../src/accounts/prune-sessions.ts';
import { resumeEventCancellations } from '../src/checkout/cancel-event-orders.ts';
import { chasePayments, endOverdueCheckouts } from '../src/checkout/chase-payments.ts';
import { expireOverdueHolds } from '../src/holds/expire-holds.ts';
import { sendDueRefunds } from '../src/payments/send-refunds.ts';
import { pollStripeEvents, sweepInbox } from '../src/payments/sweep-inbox.ts';
import { syncPendingRefunds } from '../src/payments/sync-refunds.ts';
import { type Config, loadConfig } from '../src/platform/config.ts';
import { giveBackStartMemory, keepOptimizedCode } from '../src/platform/heap.ts';
import { handle, startWorker } from '../src/platform/job-queue.ts';
import { listenForMetrics } from '../src/platform/metrics-listener.ts';
import { openRedis } from '../src/platform/redis.ts';
import { runProcess, stopOnSignal } from '../src/platform/shutdown.ts';
import { HOLDS_EXPIRY_DUE, MONEY_CLEANUP_DUE, SEATS_CLEANUP_DUE } from '../src/reconciliation/jobs.ts';
import { keepScheduled } from '../src/reconciliation/keep-scheduled.ts';
import { prune } from '../src/reconciliation/prune.ts';
import { reconcileEvents } from '../src/reconciliation/reconcile-events.ts';
import { reconcileHolds } from '../src/reconciliation/reconcile-holds.ts';
import { type Step, type StepCounts, runSteps } from '../src/reconciliation/run-steps.ts';
import { watchInvariants } from '../src/reconciliation/watch-invariants.ts';
import { type Resources, openResources } from '../src/resources.ts';

export type RunningProcess = { readonly resources: Resources; stop(): Promise<void> };

const MINUTE_MS = 60_000;

const EXPIRY_STEPS: readonly Step[] = [{ name: 'expire-holds', run: expireOverdueHolds }];
/** What makes Redis agree with MySQL. */
const SEAT_STEPS: readonly Step[] = [
  { name: 'reconcile-events', run: reconcileEvents },
  { name: 'reconcile-holds', run: reconcileHolds, everyMs: MINUTE_MS },
  { name: 'watch-invariants', run: watchInvariants, everyMs: MINUTE_MS },
  { name: 'prune', run: prune, everyMs: MINUTE_MS },
  {
    name: 'prune-sessions',
    run: async (resources) => ({ rows: await pruneSessions(resources) }),
    everyMs: MINUTE_MS,
  },
];
/** What asks Stripe: first what frees seats, then what is owed to buyers, then what may have been missed. */
const MONEY_STEPS: readonly Step[] = [
  {
    name: 'end-checkouts',
    run: endOverdueCheckouts,
    hasMore: ({ ended = 0, paid = 0 }) => ended + paid > 0,
  },
  { name: 'sweep-inbox', run: sweepInbox },
  { name: 'chase-payments', run: chasePayments },
  { name: 'cancel-event-orders', run: resumeEventCancellations },
  { name: 'send-refunds', run: sendDueRefunds },
  { name: 'sync-refunds', run: syncPendingRefunds },
  { name: 'poll-stripe-events', run: pollStripeEvents, everyMs: 5 * MINUTE_MS },
];

/**
 * Each kind of cleanup, once at a time over all workers. Seats are promised back within an interval of their expiry; so
 * an eighth of it is for waiting until expiry is due, and the rest for the work when thousands run out at once.
 */
const JOBS = [
  { kind: HOLDS_EXPIRY_DUE, steps: EXPIRY_STEPS, everyInterval: 0.125 },
  { kind: SEATS_CLEANUP_DUE, steps: SEAT_STEPS, everyInterval: 1 },
  { kind: MONEY_CLEANUP_DUE, steps: MONEY_STEPS, everyInterval: 1 },
] as const;

/** A step that waits for Stripe longer than this is not waited for: whatever it was at, the next run does again. */
const STOP_PATIENCE_MS = 7_000;

/** One full pass, whoever else is at work: every statement carries its condition, so two passes at once harm nothing. */
export async function runCleanup(
  resources: Resources,
  signal: AbortSignal = new AbortController().signal,
): Promise<Readonly<Record<string, StepCounts>>> {
  return await runSteps(resources, [...EXPIRY_STEPS, ...SEAT_STEPS, ...MONEY_STEPS], { signal, all: true });
}

/** PROCESS: every interval frees what expired, carries payments on, and makes Redis agree with MySQL. */
export async function startCleanupWorker(config: Config): Promise<RunningProcess> {
  const resources = await openResources(config, 'cleanup-worker');
  const { log, leader } = resources;
  const metrics = await listenForMetrics(resources);
  const redis = openRedis(config.redisUrl, 'blocking', log);
  const stopping = new AbortController();
  const runAlone = async ({ kind, steps }: (typeof JOBS)[number]) => {
    // A worker that died is replaced after this time at the latest.
    await leader.runAlone(kind.name, config.recoveryMs / 2, async (lost) => {
      const signal = AbortSignal.any([stopping.signal, lost]);
      await runSteps(resources, steps, { signal, all: false });
    });
  };
  const worker = startWorker(
    { queue: 'cleanup', redis, log, concurrency: JOBS.length, recoveryMs: config.recoveryMs },
    JOBS.map((job) => handle(job.kind, () => runAlone(job))),
  );
  const scheduled = keepScheduled(
    resources,
    JOBS.map(({ kind, everyInterval }) => ({ kind, everyMs: config.cleanupIntervalMs * everyInterval })),
  );
  log.info('cleanup-worker.ready');
  return {
    resources,
    async stop() {
      stopping.abort();
      await scheduled.stop();
      await Promise.race([worker.close(), wait(STOP_PATIENCE_MS, undefined, { ref: false })]);
      redis.disconnect();
      await metrics.close();
      await resources.close();
    },
  };
}

async function main(): Promise<void> {
  giveBackStartMemory();
  keepOptimizedCode();
  const worker = await startCleanupWorker(loadConfig(process.env));
  stopOnSignal(worker.resources.log, () => worker.stop());
}

if (import.meta.main) runProcess(main);
