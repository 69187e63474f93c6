import * as fc from 'fast-check';
import { expect } from 'vitest';
import { runCleanup } from '../../workers/cleanup-worker.ts';
import { holdStatus } from '../support/checkout.ts';
import { hearOfMoney } from './checks.ts';
import { type Command, command, inTurn } from './command.ts';
import { BUYER_COUNT, type Model, type Real, SEAT_COUNT, endHold, livePayment } from './model.ts';
import {
  cancelBooking,
  checkOut,
  deliver,
  forgetCheckout,
  leaveCheckout,
  look,
  payAtStripe,
  unpaid,
} from './payment-commands.ts';
import { flushRedis, holdSeats, letExpire, releaseAll, releaseOne, rush } from './seat-commands.ts';

/** The commands, the more frequent ones named more often. */
export function anyCommands(lengthMax: number): fc.Arbitrary<Iterable<Command>> {
  const buyer = fc.nat(BUYER_COUNT - 1);
  const which = fc.nat(20);
  const seats = fc.uniqueArray(fc.integer({ min: 1, max: SEAT_COUNT }), { minLength: 1, maxLength: 3 });
  const holds = fc.tuple(buyer, seats).map(([who, wanted]) => holdSeats(who, wanted));
  const paid = fc
    .tuple(which, fc.constantFrom('good', 'good', 'declined'))
    .map(([payment, card]) => payAtStripe(payment, card === 'good' ? 'good' : 'declined'));
  return fc.commands(
    [
      holds,
      holds,
      fc.integer({ min: 1, max: SEAT_COUNT }).map(rush),
      fc.tuple(buyer, which).map(([who, seat]) => releaseOne(who, seat)),
      buyer.map(releaseAll),
      buyer.map(letExpire),
      buyer.map(checkOut),
      buyer.map(checkOut),
      buyer.map(leaveCheckout),
      buyer.map(forgetCheckout),
      paid,
      paid,
      fc.integer({ min: 1, max: 3 }).map(deliver),
      which.map(look),
      fc.tuple(buyer, which).map(([who, booking]) => cancelBooking(who, booking)),
      fc.tuple(buyer, seats).map(([who, wanted]) => buys(who, wanted)),
      fc.tuple(buyer, seats).map(([who, wanted]) => buysAndCancels(who, wanted)),
      fc.tuple(buyer, seats, fc.boolean()).map(([who, wanted, isTaken]) => paysLate(who, wanted, isTaken)),
      fc.tuple(buyer, seats).map(([who, wanted]) => paysTwice(who, wanted)),
      fc.tuple(buyer, seats, seats).map(([who, wanted, more]) => paysForLess(who, wanted, more)),
      fc.constant(flushRedis()),
      fc.constant(cleanUp()),
    ],
    { maxCommands: lengthMax, size: 'max' },
  );
}

const LAST = -1;
const LAST_BUT_ONE = -2;

function buys(buyer: number, wanted: readonly number[]): Command {
  return inTurn(`buyer ${buyer} buys ${wanted.join(',')}`, [
    holdSeats(buyer, wanted),
    checkOut(buyer),
    payAtStripe(LAST, 'good'),
    deliver(2),
  ]);
}

function buysAndCancels(buyer: number, wanted: readonly number[]): Command {
  return inTurn(`buyer ${buyer} buys ${wanted.join(',')} and cancels`, [
    buys(buyer, wanted),
    cancelBooking(buyer, 0),
    deliver(1),
  ]);
}

/** The money comes when the hold is over: for seats that are free, or that the next buyer has. */
function paysLate(buyer: number, wanted: readonly number[], isTaken: boolean): Command {
  const rival = (buyer + 1) % BUYER_COUNT;
  return inTurn(
    `buyer ${buyer} pays late for ${wanted.join(',')}, which ${rival} ${isTaken ? 'has' : 'has not'}`,
    [
      holdSeats(buyer, wanted),
      checkOut(buyer),
      forgetCheckout(buyer),
      releaseAll(buyer),
      ...(isTaken ? [holdSeats(rival, wanted.slice(0, 1))] : []),
      payAtStripe(LAST, 'good'),
      deliver(1),
    ],
  );
}

/** Goes back from the payment, adds to the cart, and then the old payment turns out to be paid. */
function paysForLess(buyer: number, wanted: readonly number[], more: readonly number[]): Command {
  return inTurn(`buyer ${buyer} pays for ${wanted.join(',')} with ${more.join(',')} in the cart`, [
    holdSeats(buyer, wanted),
    checkOut(buyer),
    forgetCheckout(buyer),
    holdSeats(buyer, more),
    payAtStripe(LAST, 'good'),
    deliver(1),
  ]);
}

function paysTwice(buyer: number, wanted: readonly number[]): Command {
  return inTurn(`buyer ${buyer} pays twice for ${wanted.join(',')}`, [
    holdSeats(buyer, wanted),
    checkOut(buyer),
    forgetCheckout(buyer),
    checkOut(buyer),
    payAtStripe(LAST_BUT_ONE, 'good'),
    payAtStripe(LAST, 'good'),
    deliver(1),
  ]);
}

/** Afterwards nothing is overdue, and Redis refuses nothing that is free. */
function cleanUp(): Command {
  return command('cleanup', () => true, tidyUp);
}

export async function tidyUp(model: Model, real: Real): Promise<void> {
  await runCleanup(real.holdfast.server.resources);
  await hearOfMoney(model, real);
  for (const hold of model.holds) {
    if (hold === null || !hold.isOverdue) continue;
    hold.isOverdue = false;
    if (hold.status === 'held') {
      expect(await holdStatus(real.holdfast, hold.id)).toBe('expired');
      endHold(model, hold, { inRedisToo: true });
    } else if (hold.status === 'checkout') {
      await unpaid(model, real, hold, livePayment(model, hold));
    }
  }
  for (const seat of model.seats) seat.mayBeRefused = false;
}
