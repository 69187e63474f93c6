import { type MetricKind, defineMetric } from '../platform/metrics.ts';
import { poolUsage } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import { listQueueStates } from './queue-admin.ts';

const QUEUE_JOBS = defineMetric({
  name: 'holdfast_queue_jobs',
  help: 'Jobs of each queue, by their state; the same from every server.',
  labels: ['queue', 'state'],
});
const QUEUE_PAUSED = defineMetric({
  name: 'holdfast_queue_paused',
  help: '1 while the queue is paused.',
  labels: ['queue'],
});
const MYSQL_CONNECTIONS = defineMetric({
  name: 'holdfast_mysql_connections',
  help: 'Connections of this process: open (busy and idle) and idle.',
  labels: ['state'],
});
const MYSQL_WAITING: MetricKind = defineMetric({
  name: 'holdfast_mysql_connection_waiters',
  help: 'Callers that wait for a connection to be free.',
  labels: [],
});

/** What is looked up when metrics are asked for, rather than counted as it happens. */
export function exposeGauges(resources: Resources): void {
  const { metrics, db } = resources;
  metrics.onScrape(() => {
    const usage = poolUsage(db);
    if (usage === null) return;
    metrics.set(MYSQL_CONNECTIONS, { state: 'open' }, usage.open);
    metrics.set(MYSQL_CONNECTIONS, { state: 'idle' }, usage.idle);
    metrics.set(MYSQL_WAITING, {}, usage.waiting);
  });
  metrics.onScrape(async () => {
    for (const { name, isPaused, counts } of await listQueueStates(resources)) {
      metrics.set(QUEUE_PAUSED, { queue: name }, isPaused ? 1 : 0);
      for (const [state, jobs] of Object.entries(counts))
        metrics.set(QUEUE_JOBS, { queue: name, state }, jobs);
    }
  });
}
