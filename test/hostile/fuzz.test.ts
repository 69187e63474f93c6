import { Agent } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { signAccessToken } from '../../src/accounts/access-token.ts';
import { newId } from '../../src/platform/id.ts';
import { checkOut, hold, pay, payment } from '../support/checkout.ts';
import { guest } from '../support/client.ts';
import { createTestEvent, organiser } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { type Got, ask, faultOfRefusal } from './ask.ts';
import { drawsOf } from './draws.ts';
import { type FuzzWorld, type FuzzedRequest, fuzzedRequest } from './fuzz-requests.ts';
import { type Api, readApi } from './operations.ts';

/** `FUZZ_REQUESTS` for more or fewer; `FUZZ_SEED`, which a failure prints, repeats a run. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 20_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** The requests use up what they are about (events are cancelled, holds released): so often there are new ones. */
const REQUESTS_PER_WORLD = 1_000;
const AT_ONCE = 24;
const FAULTS_MAX = 20;
const TEST_WITHIN_MS = 120_000 + REQUESTS * 20;
/** What any request may be answered, besides what its operation says. */
const ANY_STATUSES = [400, 404, 413, 415, 431];
const OTHER_METHOD_STATUSES = [200, 201, 204, 304, 401, 403, 405];

const holdfast = useHoldfast();
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
afterAll(() => agent.destroy());

test(
  'fuzz / every operation with hostile requests / never a 5xx, refusals are problem documents, no error in the log, the server stays well',
  async () => {
    const server = await startServerProcess(holdfast.current, {
      RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
      RATE_LIMIT_USER_PER_MINUTE: '1000000',
      LOG_LEVEL: 'info',
    });
    const api = await readApi(server);
    const seen = new Map<string, number>();
    const faults: string[] = [];
    for (let first = 0; first < REQUESTS && faults.length < FAULTS_MAX; first += REQUESTS_PER_WORLD) {
      const world = await openWorld(api);
      const count = Math.min(REQUESTS_PER_WORLD, REQUESTS - first);
      faults.push(...(await sendAll(server, world, first, count, seen)));
    }
    expect(faults.join('\n')).toBe('');
    // Requests find their way to the work itself, so that more than the door is tried.
    const succeeded = [...seen.keys()].filter((key) => key.endsWith(' 2xx'));
    expect(succeeded.length).toBeGreaterThan(api.operations.length / 2);
    expect(api.operations.filter(({ operationId }) => !seen.has(operationId))).toEqual([]);
    await isWell(server);
    const log = await server.stop();
    expect(log.split('\n').filter((line) => /"level":"(?:error|fatal)"|^\s+at /.test(line))).toEqual([]);
  },
  TEST_WITHIN_MS,
);

/** So many requests at once, each made from the seed and its number alone; the answers at fault, described. */
async function sendAll(
  server: ServerProcess,
  world: FuzzWorld,
  first: number,
  count: number,
  seen: Map<string, number>,
): Promise<string[]> {
  const { operations } = world.api;
  const faults: string[] = [];
  let next = first;
  const sendSome = async () => {
    while (next < first + count && faults.length < FAULTS_MAX) {
      const index = next++;
      const operation = operations[index % operations.length];
      if (operation === undefined) throw new Error('The document has no operations.');
      const request = fuzzedRequest(world, operation, drawsOf(SEED + index));
      const { status, fault } = await tryOne(server, request);
      const key = request.operation.operationId;
      for (const each of [key, `${key} ${Math.floor(status / 100)}xx`])
        seen.set(each, (seen.get(each) ?? 0) + 1);
      if (fault !== '') faults.push(`${describe(request)} (FUZZ_SEED=${SEED}, request ${index}) -> ${fault}`);
      if (key === 'pauseQueues' && status === 200) await resume(server);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendSome));
  return faults;
}

/** Events on sale and not, a hold, a checkout, a booking, and tokens of each role; among them bad ones. */
async function openWorld(api: Api): Promise<FuzzWorld> {
  const [event, draft, buyer] = await Promise.all([
    createTestEvent(holdfast.current),
    createTestEvent(holdfast.current, { publish: false }),
    guest(holdfast.current),
  ]);
  const { eventId } = event;
  const sold = await checkOut(holdfast.current, { eventId, seatIds: [9, 10], buyer });
  await pay(holdfast.current, sold.sessionId);
  const bookings: { id: string }[] = await eventually(async () => {
    const { bookings: made } = await payment(sold);
    if (made.length !== 2) throw new Error('Not booked yet.');
    return made;
  });
  const holdId = await hold(buyer, { eventId, seatIds: [1, 2, 3] });
  const bearer = (role: 'admin' | 'buyer') => {
    const identity = { userId: newId(), role, isGuest: false, sessionId: newId() };
    return `Bearer ${signAccessToken(holdfast.current.server.resources, identity)}`;
  };
  const [seller, mine, admin] = [`Bearer ${event.organiser.token}`, `Bearer ${buyer.token}`, bearer('admin')];
  return {
    api,
    ids: {
      eventId: [eventId, eventId, eventId, draft.eventId, newId()],
      holdId: [holdId, holdId, sold.holdId],
      paymentId: [sold.paymentId],
      bookingId: bookings.map(({ id }) => id),
      userId: [buyer.userId ?? '', newId()],
    },
    tokens: [
      seller,
      seller,
      mine,
      mine,
      mine,
      admin,
      admin,
      admin,
      admin,
      bearer('buyer'),
      null,
      'Bearer',
      'Bearer a.b.c',
      `${admin}${'x'.repeat(3_000)}`,
      'Basic Og==',
      '\u00FF',
    ],
    spareTokens: [bearer('buyer'), 'Bearer a.b.c'],
  };
}

async function tryOne(
  server: ServerProcess,
  request: FuzzedRequest,
): Promise<{ status: number; fault: string }> {
  try {
    const got = await ask(server.url, request, agent);
    const fault = faultOfAnswer(request, got);
    return { status: got.status, fault: fault === '' ? '' : `${got.status}: ${fault}` };
  } catch (error) {
    return { status: 0, fault: `no answer: ${String(error)}` };
  }
}

function faultOfAnswer(request: FuzzedRequest, got: Got): string {
  const { operation, isAsDocumented, method, headers } = request;
  if (got.status >= 500) return `a fault of ours: ${got.text}`;
  if (got.status >= 400 && method !== 'HEAD') {
    const fault = faultOfRefusal(got);
    if (fault !== '') return fault;
  }
  if (operation.statuses.has(got.status) || ANY_STATUSES.includes(got.status)) return '';
  if (got.status === 304 && headers?.['if-none-match'] !== undefined) return '';
  if (!isAsDocumented && OTHER_METHOD_STATUSES.includes(got.status)) return '';
  return `the document says nothing of this status: ${got.text.slice(0, 500)}`;
}

function describe({ method, path, headers, body }: FuzzedRequest): string {
  const text = body === null || body === undefined ? '-' : body.toString('utf8').slice(0, 300);
  const shownHeaders = JSON.stringify(headers).replaceAll(/[\w-]{100,}/g, '...');
  return `${method} ${path.slice(0, 200)} ${shownHeaders} ${text}`;
}

async function resume(server: ServerProcess): Promise<void> {
  const admin = organiser(holdfast.current, 'admin');
  const got = await ask(
    server.url,
    {
      method: 'POST',
      path: '/api/admin/queue/resume',
      headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' },
      body: '{}',
    },
    agent,
  );
  expect(got.status).toBe(200);
}

/** It still sells, and its document is as it was: nothing of the prototypes has changed. */
async function isWell(server: ServerProcess): Promise<void> {
  const ready = await ask(server.url, { method: 'GET', path: '/readyz' });
  expect(ready).toMatchObject({ status: 200 });
  const { eventId } = await createTestEvent(holdfast.current);
  await hold(await guest(server), { eventId, seatIds: [1] });
  const served = await ask(server.url, { method: 'GET', path: '/openapi.json' });
  const Components = z.object({ components: z.object({ schemas: z.object({ Problem: z.object({}) }) }) });
  expect(Components.safeParse(JSON.parse(served.text)).success).toBe(true);
}
