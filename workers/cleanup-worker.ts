import { pruneSessions } from '../src/accounts/prune-sessions.ts';
import { resumeEventCancellations } from '../src/checkout/cancel-event-orders.ts';
import { chasePayments, endOverdueCheckouts } from '../src/checkout/chase-payments.ts';
import { expireOverdueHolds } from '../src/holds/expire-holds.ts';
import { sendDueRefunds } from '../src/payments/send-refunds.ts';
import { pollStripeEvents, sweepInbox } from '../src/payments/sweep-inbox.ts';
import { syncPendingRefunds } from '../src/payments/sync-refunds.ts';
import { type Config, loadConfig } from '../src/platform/config.ts';
import { type JobKind, handle, startWorker } from '../src/platform/job-queue.ts';
import { openRedis } from '../src/platform/redis.ts';
import { runProcess, stopOnSignal } from '../src/platform/shutdown.ts';
import { MONEY_CLEANUP_DUE, SEATS_CLEANUP_DUE } from '../src/reconciliation/jobs.ts';
import { keepScheduled } from '../src/reconciliation/keep-scheduled.ts';
import { prune } from '../src/reconciliation/prune.ts';
import { reconcileEvents } from '../src/reconciliation/reconcile-events.ts';
import { type StepCounts, runSteps } from '../src/reconciliation/run-steps.ts';
import { type Resources, openResources } from '../src/resources.ts';

export type RunningProcess = { readonly resources: Resources; stop(): Promise<void> };

type Step = (resources: Resources, signal: AbortSignal) => Promise<StepCounts>;

/** What frees seats and makes Redis agree with MySQL. */
const SEAT_STEPS: Readonly<Record<string, Step>> = {
  'expire-holds': expireOverdueHolds,
  'reconcile-events': reconcileEvents,
  prune: prune,
  'prune-sessions': async (resources) => ({ rows: await pruneSessions(resources) }),
};
/** What asks Stripe: first what frees seats, then what is owed to buyers, then what may have been missed. */
const MONEY_STEPS: Readonly<Record<string, Step>> = {
  'end-checkouts': endOverdueCheckouts,
  'sweep-inbox': sweepInbox,
  'chase-payments': chasePayments,
  'resume-cancellations': resumeEventCancellations,
  'send-refunds': sendDueRefunds,
  'sync-refunds': syncPendingRefunds,
  'poll-stripe-events': pollStripeEvents,
};

/** Each kind of cleanup, once at a time over all workers; seats never wait for Stripe. */
const JOBS = [
  { kind: SEATS_CLEANUP_DUE, steps: SEAT_STEPS },
  { kind: MONEY_CLEANUP_DUE, steps: MONEY_STEPS },
] as const;

/** A worker that died is replaced after this time at the latest. */
const LEADER_TTL_MS = 5_000;

/** One full pass, whoever else is at work: every statement carries its condition, so two passes at once harm nothing. */
export async function runCleanup(
  resources: Resources,
  signal: AbortSignal = new AbortController().signal,
): Promise<Readonly<Record<string, StepCounts>>> {
  return await runSteps(resources, { ...SEAT_STEPS, ...MONEY_STEPS }, signal);
}

/** PROCESS: every interval frees what expired, carries payments on, and makes Redis agree with MySQL. */
export async function startCleanupWorker(config: Config): Promise<RunningProcess> {
  const resources = await openResources(config, 'cleanup-worker');
  const { log } = resources;
  const redis = openRedis(config.redisUrl, 'blocking', log);
  const stopping = new AbortController();
  const worker = startWorker(
    { queue: 'cleanup', redis, log, concurrency: JOBS.length },
    JOBS.map(({ kind, steps }) => handle(kind, () => runAlone(resources, kind, steps, stopping.signal))),
  );
  const scheduled = keepScheduled(
    resources,
    JOBS.map(({ kind }) => kind),
  );
  log.info('cleanup-worker.ready');
  return {
    resources,
    async stop() {
      stopping.abort();
      await scheduled.stop();
      await worker.close();
      redis.disconnect();
      await resources.close();
    },
  };
}

async function runAlone(
  resources: Resources,
  kind: JobKind<unknown>,
  steps: Readonly<Record<string, Step>>,
  stopping: AbortSignal,
): Promise<void> {
  await resources.leader.runAlone(kind.name, LEADER_TTL_MS, async (lost) => {
    await runSteps(resources, steps, AbortSignal.any([stopping, lost]));
  });
}

async function main(): Promise<void> {
  const worker = await startCleanupWorker(loadConfig(process.env));
  stopOnSignal(worker.resources.log, () => worker.stop());
}

if (import.meta.main) runProcess(main);
