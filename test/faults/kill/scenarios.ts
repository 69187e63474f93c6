import { sql } from 'kysely';
import { reserveSlot } from '../../../src/payments/stripe-limit.ts';
import { toBytes } from '../../../src/platform/id.ts';
import type { HoldAnswer } from '../../../tools/drill/answers.ts';
import { isSettled } from '../../../tools/drill/answers.ts';
import { findHold, release, select } from '../../../tools/drill/crowd/buyer.ts';
import type { Buyer, Crowd } from '../../../tools/drill/crowd/crowd.ts';
import { organiserToken } from '../../../tools/drill/crowd/gather.ts';
import {
  type AtStripe,
  cancel,
  checkOut,
  followPayment,
  leave,
  pressPay,
} from '../../../tools/drill/crowd/pay.ts';
import type { System } from '../../../tools/drill/system/system.ts';
import { readStream } from '../../support/event-stream.ts';
import { eventually } from '../../support/eventually.ts';

/** What a scenario is played with. `died` resolves when the process that was to die has died. */
export type Play = {
  readonly system: System;
  readonly crowd: Crowd;
  readonly buyer: Buyer;
  readonly other: Buyer;
  /** All who came, these two among them: one for each seat. */
  readonly buyers: readonly Buyer[];
  readonly died: Promise<void>;
};

/** Goes through a flow, as often as it takes where nobody answers, and returns when its end is seen. */
export type Scenario = (play: Play) => Promise<void>;

const WITHIN_MS = 30_000;
/** A checkout whose turn comes later than 2 s from now is queued; holding the seats takes a while, too. */
const QUEUED_FROM_MS = 5_000;

async function holdSeats(
  { crowd, buyer }: Pick<Play, 'crowd' | 'buyer'>,
  seatIds: number[],
): Promise<HoldAnswer> {
  return await eventually(async () => {
    const hold = await select(crowd, buyer, seatIds, { withKey: true });
    const has = new Set(hold?.seats.map(({ id }) => id));
    if (hold?.status !== 'held' || !seatIds.every((seatId) => has.has(seatId))) throw new Error('Not held.');
    return hold;
  }, WITHIN_MS);
}

async function goToPay(play: Pick<Play, 'crowd' | 'buyer'>, seatIds: number[]): Promise<AtStripe> {
  return await payPageOf(play.crowd, play.buyer, await holdSeats(play, seatIds));
}

async function payPageOf(crowd: Crowd, buyer: Buyer, hold: HoldAnswer): Promise<AtStripe> {
  return await eventually(async () => {
    const at = await checkOut(crowd, buyer, hold);
    if (at === null) throw new Error('Not at Stripe.');
    return at;
  }, WITHIN_MS);
}

async function buy(
  play: Pick<Play, 'crowd' | 'buyer'>,
  seatIds: number[],
  paid: Promise<void>,
): Promise<string> {
  const at = await goToPay(play, seatIds);
  await pressPay(play.crowd, play.buyer, at);
  // Whoever asks for the payment carries it on: only the webhook is to do that here.
  await paid;
  return await requireBooked(play.crowd, play.buyer, at);
}

/** Each a seat; all press the button in one moment. */
async function goToPayAtOnce({
  crowd,
  buyers,
}: Pick<Play, 'crowd' | 'buyers'>): Promise<{ buyer: Buyer; at: AtStripe }[]> {
  const held = await Promise.all(
    buyers.map(async (buyer, index) => ({ buyer, hold: await holdSeats({ crowd, buyer }, [index + 1]) })),
  );
  return await Promise.all(
    held.map(async ({ buyer, hold }) => ({ buyer, at: await payPageOf(crowd, buyer, hold) })),
  );
}

async function payFor(crowd: Crowd, buyer: Buyer, at: AtStripe): Promise<void> {
  await pressPay(crowd, buyer, at);
  await followPayment(crowd, buyer, at.paymentId, isSettled);
}

async function requireBooked(crowd: Crowd, buyer: Buyer, at: AtStripe): Promise<string> {
  const payment = await followPayment(crowd, buyer, at.paymentId, isSettled);
  const [booking] = payment?.bookings ?? [];
  if (booking === undefined) throw new Error(`Paid for, and not booked: ${JSON.stringify(payment)}`);
  return booking.id;
}

export const SCENARIOS = {
  'holds and gives them up': async (play) => {
    await holdSeats(play, [1, 2]);
    await play.died;
    await release(play.crowd, play.buyer, await holdSeats(play, [1, 2]));
  },
  'holds without waiting': async (play) => {
    const { crowd, buyer, died } = play;
    await select(crowd, buyer, [1], { respondAsync: true });
    await died;
    await release(crowd, buyer, await holdSeats(play, [1]));
  },
  'holds and releases': async (play) => {
    const hold = await holdSeats(play, [1, 2]);
    await release(play.crowd, play.buyer, hold);
    await play.died;
    await release(play.crowd, play.buyer, hold);
  },
  'gives up what is still queued': async (play) => {
    const { system, crowd, buyer, died } = play;
    const [worker] = system.unitsOf('seat-worker');
    worker?.freeze();
    const hold = await select(crowd, buyer, [1], { respondAsync: true });
    if (hold !== null) await release(crowd, buyer, hold);
    await died;
    worker?.thaw();
    if (hold !== null) await release(crowd, buyer, hold);
  },
  'lets the time run out': async (play) => {
    await holdSeats(play, [1, 2]);
    await play.died;
  },
  'goes to pay and pays': async (play) => {
    const at = goToPay(play, [1, 2]);
    await play.died;
    await payFor(play.crowd, play.buyer, await at);
  },
  'waits for a turn to pay': async (play) => {
    await useUpStripesRate(play);
    const at = goToPay(play, [1, 2]);
    await play.died;
    await payFor(play.crowd, play.buyer, await at);
  },
  pays: async (play) => void (await buy(play, [1, 2], play.died)),
  'several go to pay at once': async (play) => {
    const paying = goToPayAtOnce(play);
    await play.died;
    await Promise.all((await paying).map(({ buyer, at }) => payFor(play.crowd, buyer, at)));
  },
  'several pay at once': async (play) => {
    const { crowd, died } = play;
    const paying = await goToPayAtOnce(play);
    await Promise.all(paying.map(({ buyer, at }) => pressPay(crowd, buyer, at)));
    // Whoever asks for the payment carries it on: only the webhook is to do that here.
    await died;
    await Promise.all(paying.map(({ buyer, at }) => requireBooked(crowd, buyer, at)));
  },
  'goes back from paying': async (play) => {
    const { system, crowd, buyer, died } = play;
    // Stripe tells of the session's end as well; here nobody else is to hear of it.
    await system.standIn.breakWebhooks({ drop: { times: 1_000 } });
    await goToPay(play, [1, 2]);
    const hold = await holdOf(play);
    await leave(crowd, buyer, hold);
    await died;
    await leave(crowd, buyer, hold);
    await system.standIn.mend();
  },
  'cancels what was bought': async (play) => {
    const { system, crowd, buyer, died } = play;
    const bookingId = await buy(play, [1, 2], Promise.resolve());
    const [cleanup] = system.unitsOf('cleanup-worker');
    // Its sweep of the outbox may be quicker than the job, which then does not come to where it is to die.
    cleanup?.freeze();
    await cancel(crowd, buyer, bookingId);
    await died.finally(() => cleanup?.thaw());
    await cancel(crowd, buyer, bookingId);
  },
  'event is called off': async (play) => {
    const { system, crowd, other, died } = play;
    await buy(play, [1, 2], Promise.resolve());
    await holdSeats({ crowd, buyer: other }, [3]);
    await organise(system, 'POST', `/api/admin/events/${crowd.eventId}/cancel`);
    await died;
    // Nobody asks again: whoever has paid gets the money back all the same.
    await eventually(async () => {
      const { rows } = await sql<{ count: number }>`
        SELECT COUNT(*) AS count FROM bookings WHERE event_id = ${toBytes(crowd.eventId)} AND status = 'confirmed'
      `.execute(system.resources.db);
      if (Number(rows[0]?.count) > 0) throw new Error('Bookings of a cancelled event are not cancelled.');
    }, WITHIN_MS);
  },
  'seats are kept off sale': async ({ system, crowd, died }) => {
    await organise(system, 'POST', `/api/admin/events/${crowd.eventId}/seats/block`, { seatIds: [4] });
    await died;
  },
  'is watched': async (play) => {
    const { system, crowd, buyer, died } = play;
    const url = new URL(`/api/events/${crowd.eventId}/stream`, system.serverUrls[0]).href;
    const watched = await readStream(url);
    const knownId = await eventually(() => {
      if (watched.lastEventId() === '') throw new Error('The stream says nothing.');
      return watched.lastEventId();
    });
    const hold = holdSeats(play, [1, 2]);
    await died;
    await watched.ended;
    const resumed = await eventually(() => readStream(url, { 'last-event-id': knownId }), WITHIN_MS);
    // Whatever has become of them by then.
    await resumed.event(
      ({ type, data }) => type === 'seats' && /\[1,"\w"\],\[2,"\w"\]/.test(JSON.stringify(data)),
    );
    resumed.close();
    await release(crowd, buyer, await hold);
  },
  'Redis forgets': async (play) => {
    const { system, crowd, buyer, died } = play;
    await buy(play, [1], Promise.resolve());
    await holdSeats({ crowd, buyer: play.other }, [2]);
    await system.resources.redis.flushall();
    await died;
    await select(crowd, buyer, [2]);
  },
} as const satisfies Record<string, Scenario>;

async function holdOf({ crowd, buyer }: Play): Promise<HoldAnswer> {
  const asked = crowd.ledger.entries.findLast(({ call }) => call === 'check-out')?.asked.holdId ?? '';
  const hold = await findHold(crowd, buyer, asked);
  if (hold === null) throw new Error('The hold that is being paid for is not to be found.');
  return hold;
}

/** Takes so many turns that the next checkout is queued. */
async function useUpStripesRate({ system }: Pick<Play, 'system'>): Promise<void> {
  for (let waitMs = 0; waitMs < QUEUED_FROM_MS;)
    ({ waitMs } = await reserveSlot(system.resources, 'checkout.sessions.create', QUEUED_FROM_MS));
}

/** Asked once: the process may die of it. */
async function organise(system: System, method: string, path: string, body?: unknown): Promise<void> {
  const headers = { authorization: `Bearer ${organiserToken(system)}`, 'content-type': 'application/json' };
  await fetch(new URL(path, system.serverUrls[0]), {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {});
}
