import { cancelEventOrders } from '../src/checkout/cancel-event-orders.ts';
import { openRequestedCheckout } from '../src/checkout/open-checkout.ts';
import { finishCheckout } from '../src/checkout/settle-checkout.ts';
import { EVENT_CANCELLED } from '../src/events/jobs.ts';
import { claimsIn } from '../src/holds/claim-queue.ts';
import { HOLD_CLAIMED } from '../src/holds/jobs.ts';
import { CLAIMS_AT_ONCE, writeClaims } from '../src/holds/write-claims.ts';
import { applyStripeEvent } from '../src/payments/apply-stripe-event.ts';
import { REFUND_REQUESTED, SESSION_REQUESTED, STRIPE_EVENT_RECEIVED } from '../src/payments/jobs.ts';
import { sendRefund } from '../src/payments/send-refunds.ts';
import { type Config, loadConfig } from '../src/platform/config.ts';
import { giveBackStartMemory, keepOptimizedCode } from '../src/platform/heap.ts';
import { startBatchWorker } from '../src/platform/job-batches.ts';
import { handle, startWorker } from '../src/platform/job-queue.ts';
import { listenForMetrics } from '../src/platform/metrics-listener.ts';
import { openRedis } from '../src/platform/redis.ts';
import { runProcess, stopOnSignal } from '../src/platform/shutdown.ts';
import { type Resources, openResources } from '../src/resources.ts';

const JOBS_PER_BATCH_MAX = 200;
/** They mostly wait for Stripe: at 100 ms an answer, 100 purchases a second are some 10 at once. */
const PAYMENT_JOBS_AT_ONCE = 200;

export type RunningProcess = { readonly resources: Resources; stop(): Promise<void> };

/** PROCESS: writes held seats to MySQL in batches, and carries payments on. Which job is done by what, on one screen. */
export async function startSeatWorker(config: Config): Promise<RunningProcess> {
  const resources = await openResources(config, 'seat-worker');
  const { log } = resources;
  const { recoveryMs } = config;
  const metrics = await listenForMetrics(resources);
  const redis = openRedis(config.redisUrl, 'blocking', log);
  const workers = [
    startBatchWorker(
      {
        redis,
        log,
        recoveryMs,
        jobsPerBatchMax: JOBS_PER_BATCH_MAX,
        batchSizeMax: CLAIMS_AT_ONCE,
        sizeOf: claimsIn,
      },
      HOLD_CLAIMED,
      (jobs) => writeClaims(resources, jobs),
    ),
    startWorker({ queue: 'payments', redis, log, concurrency: PAYMENT_JOBS_AT_ONCE, recoveryMs }, [
      handle(SESSION_REQUESTED, (job) => openRequestedCheckout(resources, job)),
      handle(STRIPE_EVENT_RECEIVED, (job) =>
        applyStripeEvent(resources, job.stripeEventId, (payment) => finishCheckout(resources, payment)),
      ),
      handle(REFUND_REQUESTED, async (job) => void (await sendRefund(resources, job.refundId))),
      handle(EVENT_CANCELLED, async (job) => void (await cancelEventOrders(resources, job.eventId))),
    ]),
  ];
  log.info('seat-worker.ready');
  return {
    resources,
    async stop() {
      await Promise.all(workers.map((worker) => worker.close()));
      await metrics.close();
      redis.disconnect();
      await resources.close();
    },
  };
}

async function main(): Promise<void> {
  giveBackStartMemory();
  keepOptimizedCode();
  const worker = await startSeatWorker(loadConfig(process.env));
  stopOnSignal(worker.resources.log, () => worker.stop());
}

if (import.meta.main) runProcess(main);
