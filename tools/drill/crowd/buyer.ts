import { setTimeout as wait } from 'node:timers/promises';
import { newId } from '../../../src/platform/id.ts';
import { type HoldAnswer, readAnswer } from '../answers.ts';
import { type Entry, nowMs } from '../ledger.ts';
import { ask } from './ask.ts';
import { type Buyer, type Crowd, chance, pick } from './crowd.ts';
import { checkOutAndPay } from './pay.ts';

const ARRIVES_WITHIN_MS = 1_500;
const BETWEEN_VISITS_MS = 400;
const BETWEEN_ACTS_MS = 150;
const SEATS_WANTED_MAX = 3;
const ACTS_MAX = 3;
const ASKS_AFTER_MS = 200;

/** One person of the crowd: comes again and again until the sale closes, and does everything that a buyer can. */
export async function shop(crowd: Crowd, buyer: Buyer): Promise<void> {
  await wait(buyer.random() * ARRIVES_WITHIN_MS);
  while (nowMs() < crowd.closesMs) {
    await visit(crowd, buyer);
    await wait(buyer.random() * BETWEEN_VISITS_MS);
  }
}

/** Looks, takes seats, changes the cart, and gives it up, goes away or pays. */
export async function visit(crowd: Crowd, buyer: Buyer): Promise<void> {
  const letters = await look(crowd, buyer);
  let hold = await select(crowd, buyer, wantedSeats(crowd, buyer, letters));
  for (let acts = 0; hold !== null && hold.status === 'held' && acts < ACTS_MAX; acts += 1) {
    hold = await act(crowd, buyer, hold);
    await wait(buyer.random() * BETWEEN_ACTS_MS);
  }
  if (hold === null || hold.seats.length === 0) return;
  if (chance(buyer, 0.12)) await release(crowd, buyer, hold);
  else if (!chance(buyer, 0.12)) await checkOutAndPay(crowd, buyer, hold);
}

/** Adds a seat, gives one up, has the time begin anew, asks after it, or does nothing. */
async function act(crowd: Crowd, buyer: Buyer, hold: HoldAnswer): Promise<HoldAnswer | null> {
  const does = buyer.random();
  const seatIds = hold.seats.map(({ id }) => id);
  if (does < 0.2)
    return (await select(crowd, buyer, [1 + Math.floor(buyer.random() * crowd.seatCount)])) ?? hold;
  if (does < 0.35) return await releaseSeat(crowd, buyer, hold);
  if (does < 0.45) return (await select(crowd, buyer, seatIds)) ?? hold;
  if (does < 0.6) return await findHold(crowd, buyer, hold.id);
  return hold;
}

async function look(crowd: Crowd, buyer: Buyer): Promise<string> {
  const { body } = await ask(crowd, buyer, {
    call: 'look',
    asked: {},
    method: 'GET',
    path: `/api/events/${crowd.eventId}/seats`,
  });
  return readAnswer.letters(body) ?? '';
}

/** Mostly seats that look free, sometimes any; null: the best that are left. */
function wantedSeats(crowd: Crowd, buyer: Buyer, letters: string): readonly number[] | null {
  if (chance(buyer, 0.08)) return null;
  const all = Array.from({ length: crowd.seatCount }, (_, index) => index + 1);
  const free = all.filter((seatId) => letters[seatId - 1] === 'a');
  const from = free.length === 0 || chance(buyer, 0.2) ? all : free;
  const count = 1 + Math.floor(buyer.random() * SEATS_WANTED_MAX);
  return [...new Set(Array.from({ length: count }, () => pick(buyer, from) ?? 1))];
}

type Selecting = { readonly respondAsync?: boolean; readonly withKey?: boolean };

/** The buyer's hold once it is decided, or as it is queued if that was asked for; null when it was a no. */
export async function select(
  crowd: Crowd,
  buyer: Buyer,
  seatIds: readonly number[] | null,
  how: Selecting = {},
): Promise<HoldAnswer | null> {
  const entry = await askForSeats(crowd, buyer, seatIds, how);
  const hold = readAnswer.hold(entry.body);
  if (entry.status === 201) return hold;
  if (entry.status === 202 && hold !== null)
    return how.respondAsync === true ? hold : await awaitDecision(crowd, buyer, hold.id);
  // An answer that got lost may have been a yes.
  return entry.isCertain ? null : await findOwn(crowd, buyer);
}

async function askForSeats(
  crowd: Crowd,
  buyer: Buyer,
  seatIds: readonly number[] | null,
  { respondAsync = false, withKey = chance(buyer, 0.5) }: Selecting,
): Promise<Entry> {
  return await ask(crowd, buyer, {
    call: 'hold',
    asked: seatIds === null ? {} : { seatIds },
    method: 'POST',
    path: `/api/events/${crowd.eventId}/holds`,
    body: seatIds === null ? { tier: 1, quantity: 2 } : { seatIds },
    ...(withKey ? { idempotencyKey: newId() } : {}),
    respondAsync,
  });
}

async function awaitDecision(crowd: Crowd, buyer: Buyer, holdId: string): Promise<HoldAnswer | null> {
  while (nowMs() < crowd.endMs) {
    await wait(ASKS_AFTER_MS);
    const hold = await findHold(crowd, buyer, holdId);
    if (hold === null) return null;
    if (hold.status !== 'queued' && hold.pendingSeatIds === undefined)
      return hold.status === 'held' ? hold : null;
  }
  return null;
}

export async function findHold(crowd: Crowd, buyer: Buyer, holdId: string): Promise<HoldAnswer | null> {
  const entry = await ask(crowd, buyer, {
    call: 'find-hold',
    asked: { holdId },
    method: 'GET',
    path: `/api/holds/${holdId}`,
  });
  return entry.status === 200 ? readAnswer.hold(entry.body) : null;
}

export async function findOwn(crowd: Crowd, buyer: Buyer): Promise<HoldAnswer | null> {
  const entry = await ask(crowd, buyer, {
    call: 'find-hold',
    asked: {},
    method: 'GET',
    path: `/api/events/${crowd.eventId}/holds/mine`,
  });
  return entry.status === 200 ? readAnswer.hold(entry.body) : null;
}

export async function release(crowd: Crowd, buyer: Buyer, { id }: HoldAnswer): Promise<void> {
  await ask(crowd, buyer, {
    call: 'release',
    asked: { holdId: id },
    method: 'DELETE',
    path: `/api/holds/${id}`,
  });
}

async function releaseSeat(crowd: Crowd, buyer: Buyer, hold: HoldAnswer): Promise<HoldAnswer | null> {
  const seat = pick(buyer, hold.seats);
  if (seat === undefined) return hold;
  const entry = await ask(crowd, buyer, {
    call: 'release-seat',
    asked: { holdId: hold.id, seatIds: [seat.id] },
    method: 'DELETE',
    path: `/api/holds/${hold.id}/seats/${seat.id}`,
  });
  return entry.status === 200 ? readAnswer.hold(entry.body) : hold;
}
