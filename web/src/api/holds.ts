import { clockSeen } from '../platform/server-clock.ts';
import { ApiProblem } from './problem.ts';
import { listOf, number, oneOf, orNull, record, shape, text } from './read.ts';
import { type Reply } from './request.ts';
import { ensureUser, hasUser, requestAsUser } from './session.ts';

/** Where a seat is, the page knows from the seat map. */
const readSeat = shape({ id: number, price: number });
const readRejection = shape({ code: text, seatIds: orNull(listOf(number)), detail: orNull(text) });
const readHoldShape = shape({
  id: text,
  eventId: text,
  status: oneOf('queued', 'held', 'checkout', 'booked', 'rejected', 'released', 'expired'),
  seats: listOf(readSeat),
  expiresAt: orNull(text),
  serverTime: orNull(text),
  total: number,
  currency: text,
  paymentId: orNull(text),
  queuePosition: orNull(number),
  estimatedWaitSeconds: orNull(number),
  pendingSeatIds: orNull(listOf(number)),
  rejection: orNull(readRejection),
});

export type Hold = ReturnType<typeof readHoldShape>;
export type Wish =
  | { readonly seatIds: readonly number[] }
  | { readonly tier: number; readonly quantity: number };

/** The caller's open hold of the event, if there is one. */
export async function findMyHold(eventId: string): Promise<Hold | null> {
  if (!(await hasUser())) return null;
  const reply = await requestAsUser(`/api/events/${eventId}/holds/mine`);
  return reply.body === null ? null : readHold(reply);
}

export async function getHold(holdId: string): Promise<Hold> {
  return readHold(await requestAsUser(`/api/holds/${holdId}`));
}

/** The hold, or null when it is not the caller's, or is no more. */
export async function findHold(holdId: string): Promise<Hold | null> {
  try {
    return await getHold(holdId);
  } catch (error) {
    if (error instanceof ApiProblem && (error.status === 404 || error.status === 401)) return null;
    throw error;
  }
}

/**
 * Takes seats, all of them or none; whoever has no account is made a guest first. Seats that are the caller's already
 * stay so, which makes a request for named seats safe to repeat.
 * @throws ApiProblem `seats_taken` with the seats.
 */
export async function takeSeats(eventId: string, wish: Wish): Promise<Hold> {
  await ensureUser();
  const path = `/api/events/${eventId}/holds`;
  if ('seatIds' in wish)
    return readHold(await requestAsUser(path, { method: 'POST', body: wish, repeatable: true }));
  return readHold(
    await requestAsUser(path, { method: 'POST', body: wish, idempotencyKey: crypto.randomUUID() }),
  );
}

export async function releaseSeat(holdId: string, seatId: number): Promise<Hold> {
  return readHold(await requestAsUser(`/api/holds/${holdId}/seats/${seatId}`, { method: 'DELETE' }));
}

export async function releaseHold(holdId: string): Promise<Hold> {
  return readHold(await requestAsUser(`/api/holds/${holdId}`, { method: 'DELETE' }));
}

/** Back from paying to choosing. @throws ApiProblem `already_paid` with the payment. */
export async function leaveCheckout(holdId: string): Promise<Hold> {
  return readHold(await requestAsUser(`/api/holds/${holdId}/checkout`, { method: 'DELETE' }));
}

function readHold(reply: Reply): Hold {
  const hold = readHoldShape(record(reply.body, 'hold'), 'hold');
  if (hold.serverTime !== null) clockSeen(hold.serverTime, reply.sentAt);
  return hold;
}
