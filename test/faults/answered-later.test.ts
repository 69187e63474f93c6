import { expect, it } from 'vitest';
import { loadConfig } from '../../src/platform/config.ts';
import { seatKeys } from '../../src/seats/seat-keys.ts';
import { startSeatWorker } from '../../workers/seat-worker.ts';
import { type Client, guest } from '../support/client.ts';
import { createTestEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';

const holdfast = useHoldfast({ seatWorker: false });
const resources = () => holdfast.current.server.resources;

async function select(buyer: Client, eventId: string, seatIds: number[]) {
  return await buyer.request(
    'POST',
    `/api/events/${eventId}/holds`,
    { seatIds },
    { prefer: 'respond-async' },
  );
}

it("requests answered 202 of which losers never heard again: one whose seat was another's hears which", async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const [winner, loser] = await Promise.all([guest(holdfast.current), guest(holdfast.current)]);
  const won = await select(winner, eventId, [1]);
  await resources().redis.del(seatKeys.lock(eventId, 1)); // Redis has lost the lock, not the queue.
  const lost = await select(loser, eventId, [1, 2]);
  expect([won.status, lost.status]).toEqual([202, 202]);
  const worker = await startSeatWorker(loadConfig(holdfast.current.env));
  await eventually(async () => {
    expect((await winner.request('GET', won.headers.get('location') ?? '')).body.status).toBe('held');
    const { body } = await loser.request('GET', lost.headers.get('location') ?? '');
    expect(body).toMatchObject({ status: 'rejected', rejection: { code: 'seats_taken', seatIds: [1] } });
  });
  await worker.stop();
});

it('requests answered 202 of which losers never heard again: one whose claim was lost with Redis hears so, and can select again', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const [forgotten, jobless] = await Promise.all([guest(holdfast.current), guest(holdfast.current)]);
  const first = await select(forgotten, eventId, [1]);
  await resources().redis.flushall();
  const second = await select(jobless, eventId, [2]);
  expect((await jobless.request('GET', second.headers.get('location') ?? '')).body.status).toBe('queued');
  await resources().queues.byName['seat-selection'].drain();
  for (const [buyer, answer] of [
    [forgotten, first],
    [jobless, second],
  ] as const) {
    const told = await buyer.request('GET', answer.headers.get('location') ?? '');
    expect(told).toMatchObject({ status: 404, body: { code: 'hold_not_found' } });
  }
  const worker = await startSeatWorker(loadConfig(holdfast.current.env));
  expect((await forgotten.request('POST', `/api/events/${eventId}/holds`, { seatIds: [1] })).status).toBe(
    201,
  );
  await worker.stop();
});
