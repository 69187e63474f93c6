import { z } from 'zod';
import { defineRoute } from '../platform/http/route.ts';
import { QUEUE_NAMES } from '../platform/job-queue.ts';
import type { Resources } from '../resources.ts';
import { BOARD_PATH, BOARD_SESSION_SECONDS, boardCookie } from './board-session.ts';
import {
  CLEANABLE_STATES,
  JOB_STATES,
  cleanQueue,
  listJobs,
  listQueueStats,
  pauseQueues,
  resumeQueues,
  retryFailed,
} from './queue-admin.ts';

const JOBS_PER_PAGE = 20;
const JOBS_PER_PAGE_MAX = 100;
const PAGE_MAX = 10_000;
const DAY_SECONDS = 24 * 60 * 60;
const CLEAN_AGE_SECONDS_MAX = 365 * DAY_SECONDS;

const ADMIN = { tags: ['operations'], auth: { roles: ['admin'] } } as const;

const Queue = z.enum(QUEUE_NAMES);
const SomeQueues = z.object({ queue: Queue.optional().meta({ description: 'Without it, all queues.' }) });
const QueueStats = z
  .object({
    name: Queue,
    isPaused: z.boolean(),
    counts: z.record(z.enum(JOB_STATES), z.int()),
    workers: z.int().meta({ description: 'Worker processes that take jobs from it now.' }),
  })
  .meta({ id: 'QueueStats' });
const AllStats = z.object({ queues: z.array(QueueStats) });
const Job = z
  .object({
    id: z.string(),
    name: z.string(),
    data: z.unknown(),
    tries: z.int(),
    triesMax: z.int(),
    addedAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    failedReason: z.string().nullable(),
  })
  .meta({ id: 'Job' });

const page = z.coerce.number().int().min(1).max(PAGE_MAX).default(1);
const limit = z.coerce.number().int().min(1).max(JOBS_PER_PAGE_MAX).default(JOBS_PER_PAGE);

const named = (queue: z.output<typeof Queue> | undefined) => (queue === undefined ? QUEUE_NAMES : [queue]);

export const queueRoutes = [
  defineRoute({
    ...ADMIN,
    method: 'get',
    path: '/api/admin/queue/stats',
    operationId: 'getQueueStats',
    summary: 'How the queues stand',
    answers: { 200: { description: 'All queues', schema: AllStats } },
    handle: async (resources: Resources) => ({
      status: 200,
      body: { queues: await listQueueStats(resources) },
    }),
  }),
  defineRoute({
    ...ADMIN,
    method: 'get',
    path: '/api/admin/queue/details',
    operationId: 'listQueueJobs',
    summary: "A queue's jobs in one state",
    query: z.object({ queue: Queue, state: z.enum(JOB_STATES).default('waiting'), page, limit }),
    answers: {
      200: {
        description: 'A page of them',
        schema: z.object({ items: z.array(Job), page: z.int(), limit: z.int(), total: z.int() }),
      },
    },
    handle: async (resources: Resources, { query }) => ({
      status: 200,
      body: { ...(await listJobs(resources, query)), page: query.page, limit: query.limit },
    }),
  }),
  defineRoute({
    ...ADMIN,
    method: 'post',
    path: '/api/admin/queue/pause',
    operationId: 'pauseQueues',
    summary: 'Stop giving jobs out',
    description:
      'Jobs are still taken in; buyers are told 202 and their place in the queue. Running jobs end.',
    body: SomeQueues,
    answers: { 200: { description: 'How the queues stand now', schema: AllStats } },
    handle: async (resources: Resources, { body, identity }) => {
      const queues = named(body.queue);
      await pauseQueues(resources, queues);
      resources.log.warn({ queues, userId: identity.userId }, 'queue.paused');
      return { status: 200, body: { queues: await listQueueStats(resources) } };
    },
  }),
  defineRoute({
    ...ADMIN,
    method: 'post',
    path: '/api/admin/queue/resume',
    operationId: 'resumeQueues',
    summary: 'Give jobs out again',
    body: SomeQueues,
    answers: { 200: { description: 'How the queues stand now', schema: AllStats } },
    handle: async (resources: Resources, { body, identity }) => {
      const queues = named(body.queue);
      await resumeQueues(resources, queues);
      resources.log.warn({ queues, userId: identity.userId }, 'queue.resumed');
      return { status: 200, body: { queues: await listQueueStats(resources) } };
    },
  }),
  defineRoute({
    ...ADMIN,
    method: 'post',
    path: '/api/admin/queue/clean',
    operationId: 'cleanQueue',
    summary: 'Remove jobs that ended',
    description:
      "Up to 1,000 at a time. Jobs that wait or run carry buyers' seats and money, and can not be removed.",
    body: z.object({
      queue: Queue,
      state: z.enum(CLEANABLE_STATES),
      olderThanSeconds: z.int().min(0).max(CLEAN_AGE_SECONDS_MAX).default(DAY_SECONDS),
    }),
    answers: { 200: { description: 'How many were removed', schema: z.object({ removed: z.int() }) } },
    handle: async (resources: Resources, { body, identity }) => {
      const removed = await cleanQueue(resources, body);
      resources.log.warn({ ...body, removed, userId: identity.userId }, 'queue.cleaned');
      return { status: 200, body: { removed } };
    },
  }),
  defineRoute({
    ...ADMIN,
    method: 'post',
    path: '/api/admin/queue/retry',
    operationId: 'retryFailedJobs',
    summary: 'Put failed jobs back to work',
    description: 'Up to 1,000 of each queue. Every job may be repeated without harm.',
    body: SomeQueues,
    answers: { 200: { description: 'How many were put back', schema: z.object({ retried: z.int() }) } },
    handle: async (resources: Resources, { body, identity }) => {
      const queues = named(body.queue);
      const retried = await retryFailed(resources, queues);
      resources.log.warn({ queues, retried, userId: identity.userId }, 'queue.retried');
      return { status: 200, body: { retried } };
    },
  }),
  defineRoute({
    ...ADMIN,
    method: 'post',
    path: '/api/admin/queue/board-session',
    operationId: 'openQueueBoard',
    summary: 'Open the queue board in this browser',
    description: `Sets a cookie that opens \`${BOARD_PATH}\` for ${BOARD_SESSION_SECONDS / 60} minutes.`,
    answers: { 204: { description: 'The cookie is set' } },
    handle: async ({ config, log }: Resources, { identity }) => {
      log.info({ userId: identity.userId }, 'queue.board-opened');
      return { status: 204, headers: { 'set-cookie': boardCookie(config, identity) } };
    },
  }),
];
