import type { Client } from '../support/client.ts';
import type { Holdfast } from '../support/harness.ts';

/** What the commands act on: one event of the system under test, and its buyers. */
export type Real = {
  readonly holdfast: Holdfast;
  readonly eventId: string;
  readonly buyers: readonly Client[];
};

export type ModelHold = {
  readonly id: string;
  readonly buyer: number;
  status: 'held' | 'checkout' | 'booked' | 'over';
  /** Its time is over, and nobody has seen to it yet. */
  isOverdue: boolean;
};

export type ModelPayment = {
  readonly id: string;
  readonly sessionId: string;
  readonly hold: ModelHold;
  readonly seatIds: readonly number[];
  atStripe: 'open' | 'paid' | 'expired';
  /** Whether we still wait for it: the one live payment of its hold. */
  isLive: boolean;
  /** What became of its money; null until we have heard of it. */
  outcome: 'booked' | 'refunded' | null;
  /** Stripe's event of its being paid. */
  stripeEventId: string | null;
};

export type ModelSeat = {
  status: 'available' | 'locked' | 'booked';
  hold: ModelHold | null;
  /** Redis may still know it as taken, until a cleanup: to be refused it is then no fault. */
  mayBeRefused: boolean;
};

/** All that must be true, in a few arrays. */
export type Model = {
  readonly seats: ModelSeat[];
  /** Each buyer's last hold. */
  readonly holds: (ModelHold | null)[];
  readonly payments: ModelPayment[];
};

export const SEAT_COUNT = 6;
export const BUYER_COUNT = 3;
export const SEATS_PER_BUYER_MAX = 4;

export function newModel(): Model {
  return {
    seats: Array.from({ length: SEAT_COUNT }, () => ({
      status: 'available',
      hold: null,
      mayBeRefused: false,
    })),
    holds: Array.from({ length: BUYER_COUNT }, () => null),
    payments: [],
  };
}

export function seatOf(model: Model, seatId: number): ModelSeat {
  const seat = model.seats[seatId - 1];
  if (seat === undefined) throw new Error(`No seat ${seatId}`);
  return seat;
}

/** The buyer's open hold, in MySQL's eyes: overdue or not. */
export function openHold(model: Model, buyer: number): ModelHold | null {
  const hold = model.holds[buyer] ?? null;
  return hold?.status === 'held' || hold?.status === 'checkout' ? hold : null;
}

export function seatsOf(model: Model, hold: ModelHold, status: 'locked' | 'booked'): number[] {
  return model.seats.flatMap((seat, index) =>
    seat.hold === hold && seat.status === status ? [index + 1] : [],
  );
}

export function bookedCount(model: Model, buyer: number): number {
  return model.seats.filter(({ status, hold }) => status === 'booked' && hold?.buyer === buyer).length;
}

export function lock(model: Model, hold: ModelHold, seatIds: readonly number[]): void {
  for (const seatId of seatIds) Object.assign(seatOf(model, seatId), { status: 'locked', hold });
}

export function free(model: Model, seatIds: readonly number[], how: { inRedisToo: boolean }): void {
  for (const seatId of seatIds) {
    const seat = seatOf(model, seatId);
    Object.assign(seat, { status: 'available', hold: null });
    if (!how.inRedisToo) seat.mayBeRefused = true;
  }
}

export function endHold(model: Model, hold: ModelHold, how: { inRedisToo: boolean }): void {
  hold.status = 'over';
  free(model, seatsOf(model, hold, 'locked'), how);
}

export function livePayment(model: Model, hold: ModelHold): ModelPayment | undefined {
  return model.payments.find((payment) => payment.hold === hold && payment.isLive);
}

/**
 * We hear that a payment was paid: all of its seats are booked if each is still its hold's, or free; else, and when the
 * hold was paid for before, the money goes back, and nothing else changes.
 */
export function settle(model: Model, payment: ModelPayment): void {
  if (payment.outcome !== null) return;
  const { hold } = payment;
  payment.isLive = false;
  const isToBeHad = payment.seatIds.every((seatId) => {
    const seat = seatOf(model, seatId);
    return seat.status === 'available' || (seat.status === 'locked' && seat.hold === hold);
  });
  if (hold.status === 'booked' || !isToBeHad) {
    payment.outcome = 'refunded';
    if (hold.status === 'checkout' && livePayment(model, hold) === undefined)
      endHold(model, hold, { inRedisToo: true });
    return;
  }
  payment.outcome = 'booked';
  free(model, seatsOf(model, hold, 'locked'), { inRedisToo: true });
  for (const seatId of payment.seatIds) Object.assign(seatOf(model, seatId), { status: 'booked', hold });
  hold.status = 'booked';
  const superfluous = livePayment(model, hold);
  if (superfluous === undefined) return;
  if (superfluous.atStripe === 'paid') return settle(model, superfluous);
  superfluous.atStripe = 'expired';
  superfluous.isLive = false;
}
