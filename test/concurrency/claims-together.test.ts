import { expect, onTestFinished, test } from 'vitest';
import { countClaimsWaiting } from '../../src/holds/claim-queue.ts';
import { type Claim, HOLD_CLAIMED } from '../../src/holds/jobs.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { newId } from '../../src/platform/id.ts';
import { startSeatWorker } from '../../workers/seat-worker.ts';
import { type Client, guest } from '../support/client.ts';
import { createTestEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';

const holdfast = useHoldfast({ seatWorker: false });
const resources = () => holdfast.current.server.resources;

async function startWorker(): Promise<void> {
  const worker = await startSeatWorker(loadConfig(holdfast.current.env));
  onTestFinished(() => worker.stop());
}

async function statusOf(buyer: Client, holdId: string): Promise<string> {
  return (await buyer.request<{ status: string }>('GET', `/api/holds/${holdId}`)).body.status;
}

test('claims won at once / travel in fewer jobs than there are claims, each counted, and each is decided', async () => {
  const { eventId } = await createTestEvent(holdfast.current, { rows: 10, seatsPerRow: 10 });
  const buyers = await Promise.all(Array.from({ length: 100 }, () => guest(holdfast.current)));
  const answers = await Promise.all(
    buyers.map((buyer, index) =>
      buyer.request<{ id: string }>(
        'POST',
        `/api/events/${eventId}/holds`,
        { seatIds: [index + 1] },
        { prefer: 'respond-async' },
      ),
    ),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  expect(await countClaimsWaiting(resources())).toBe(buyers.length);
  expect((await resources().queues.listWaiting('seat-selection')).length).toBeLessThan(buyers.length / 2);
  await startWorker();
  await eventually(async () => {
    const statuses = await Promise.all(
      buyers.map((buyer, index) => statusOf(buyer, answers[index]?.body.id ?? '')),
    );
    expect(new Set(statuses)).toEqual(new Set(['held']));
  });
});

test('a job of which MySQL refuses one claim / the others in it are held, and it alone is tried again', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const buyers = await Promise.all([1, 2, 3].map(() => guest(holdfast.current)));
  const claims = buyers.map((buyer, index): Claim => {
    const claimId = newId();
    const yearTooHigh = 1e15;
    return {
      claimId,
      token: claimId,
      eventId,
      userId: buyer.userId ?? '',
      seatIds: [index + 1],
      ttlMs: index === 1 ? yearTooHigh : 60_000,
      totalMs: index === 1 ? yearTooHigh : 600_000,
      seatsPerBuyerMax: 10,
      replyTo: 'nobody',
    };
  });
  const jobId = `${claims[0]?.claimId}-3`;
  await resources().queues.add(HOLD_CLAIMED, { claims }, { jobId });
  await startWorker();
  for (const [index, buyer] of buyers.entries()) {
    if (index === 1) continue;
    await eventually(async () => expect(await statusOf(buyer, claims[index]?.claimId ?? '')).toBe('held'));
  }
  const refused = await buyers[1]?.request('GET', `/api/holds/${claims[1]?.claimId}`);
  expect(refused?.status).toBe(404);
  expect(await resources().queues.isPending('seat-selection', jobId)).toBe(true);
  await resources().queues.byName['seat-selection'].obliterate({ force: true });
});
