import { setTimeout as wait } from 'node:timers/promises';
import type { HttpAnswer } from './http-caller.ts';
import { payForHold } from './pay.ts';
import type { Crowd } from './run-rush.ts';

/**
 * How it ended for a buyer. `told-no`: a definite no, all seats are sold. `abandoned`: had a seat and went away on
 * purpose. `held`: has a seat, and there is no stand-in to pay at. `unanswered`: the one that must never be.
 */
export type BuyerEnd = 'sold' | 'told-no' | 'abandoned' | 'held' | 'unanswered';

/** One person of the crowd. */
export type Buyer = { readonly token: string; readonly willPay: boolean; readonly random: () => number };

const LOOK_AGAIN_MS = 300;
const ASK_AFTER_MS = 150;
const ASK_AFTER_MS_MAX = 1_500;

/** Wants a random seat, goes on to another when told no, until there is one or all are sold; then pays. */
export async function buySeat(crowd: Crowd, buyer: Buyer): Promise<BuyerEnd> {
  let wanted: number | null = 1 + Math.floor(buyer.random() * crowd.seatCount);
  while (performance.now() < crowd.deadlineMs) {
    if (wanted !== null) {
      const hold = await tryToHold(crowd, buyer, wanted);
      if (hold !== null) {
        const end = await keepSeat(crowd, buyer, hold);
        if (end !== 'lost') return end;
      }
    }
    const { available, locked, booked } = await crowd.seats.look();
    wanted = available[Math.floor(buyer.random() * available.length)] ?? null;
    if (wanted !== null) continue;
    if (locked === 0 && booked === crowd.seatCount) return await hearNo(crowd, buyer);
    // Someone may still give a seat back.
    await wait(LOOK_AGAIN_MS * (0.5 + buyer.random()));
  }
  return 'unanswered';
}

export type HeldSeat = { readonly holdId: string; readonly expiresAtMs: number };

/** null: it is another's. Whatever else comes is followed up until it is a yes or a no. */
async function tryToHold(crowd: Crowd, buyer: Buyer, seatId: number): Promise<HeldSeat | null> {
  const answer = await crowd.http.call('POST', `/api/events/${crowd.eventId}/holds`, {
    token: buyer.token,
    body: { seatIds: [seatId] },
  });
  switch (answer.status) {
    case 201:
      return promised(crowd, answer);
    case 202:
      crowd.tally.queued += 1;
      return await awaitDecision(crowd, buyer, answer);
    case 409:
      if (answer.body?.code === 'seats_taken') {
        crowd.tally.refusalMs.push(answer.tookMs);
        return null;
      }
      return await findOwnHold(crowd, buyer);
    default:
      // A try whose answer got lost may have won a seat.
      return await findOwnHold(crowd, buyer);
  }
}

function promised(crowd: Crowd, answer: HttpAnswer): HeldSeat {
  crowd.tally.holdMs.push(answer.tookMs);
  return toHeldSeat(answer);
}

function toHeldSeat({ body }: HttpAnswer): HeldSeat {
  // By the server's own clock: this machine's may differ.
  const leftMs = Date.parse(body.expiresAt) - Date.parse(body.serverTime);
  return { holdId: String(body.id), expiresAtMs: performance.now() + leftMs };
}

/** Answered 202: asks until it is decided. A claim that was lost with Redis says so (404). */
async function awaitDecision(crowd: Crowd, buyer: Buyer, { location }: HttpAnswer): Promise<HeldSeat | null> {
  for (let askMs = ASK_AFTER_MS; performance.now() < crowd.deadlineMs;) {
    await wait(askMs * (0.5 + buyer.random()));
    askMs = Math.min(askMs * 1.5, ASK_AFTER_MS_MAX);
    const answer = await crowd.http.call('GET', location ?? '', { token: buyer.token });
    if (answer.status === 404) return await findOwnHold(crowd, buyer);
    if (answer.status !== 200 || answer.body?.status === 'queued') continue;
    return answer.body?.status === 'held' ? toHeldSeat(answer) : null;
  }
  return null;
}

async function findOwnHold(crowd: Crowd, buyer: Buyer): Promise<HeldSeat | null> {
  const path = `/api/events/${crowd.eventId}/holds/mine`;
  const answer = await crowd.http.call('GET', path, { token: buyer.token });
  return answer.status === 200 && answer.body?.seats?.length > 0 ? toHeldSeat(answer) : null;
}

/** `lost`: the seat is gone, for a reason that counts against the system, or after the money came back. */
async function keepSeat(crowd: Crowd, buyer: Buyer, hold: HeldSeat): Promise<BuyerEnd | 'lost'> {
  crowd.onHeld();
  if (crowd.standInUrl === null) return 'held';
  if (!buyer.willPay) return 'abandoned';
  return await payForHold(crowd, buyer, hold);
}

/** All seats are sold: one more try has to say so. */
async function hearNo(crowd: Crowd, buyer: Buyer): Promise<BuyerEnd> {
  const seatId = 1 + Math.floor(buyer.random() * crowd.seatCount);
  const answer = await crowd.http.call('POST', `/api/events/${crowd.eventId}/holds`, {
    token: buyer.token,
    body: { seatIds: [seatId] },
  });
  if (answer.status !== 409 || answer.body?.code !== 'seats_taken') {
    crowd.tally.problems.push(`Seat ${seatId} of a sold-out event was answered ${answer.status}`);
    return 'unanswered';
  }
  crowd.tally.refusalMs.push(answer.tookMs);
  return 'told-no';
}
