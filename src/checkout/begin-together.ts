import { lockFreeHolds, moveToCheckout } from '../holds/holds-together-store.ts';
import { insertPayments } from '../payments/payment-store.ts';
import { NotAllAlike, type Tx, inOneTransaction } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import { extendLocksForCheckout } from '../seats/seats-together-store.ts';
import type { Beginning, Begun } from './begin-checkout.ts';
import { listPricedSeats, shareEvents } from './checkout-store.ts';
import { type FrozenOrder, freezeOrder, paymentFor } from './frozen-order.ts';

/**
 * Begins the checkouts of a moment in one transaction, with the locks of a single one and in their order: events shared,
 * then holds, seats, payments. It begins those that are as nearly all are: a held hold of this buyer, with seats that
 * cost something. It waits for no hold that another transaction has, and leaves all others undone (`undefined`).
 * @throws NotAllAlike, or a duplicate of the key `one_live_payment_per_hold`; then none is begun.
 */
export async function beginTogether(
  resources: Resources,
  beginnings: readonly Beginning[],
): Promise<(Begun | undefined)[]> {
  return inOneTransaction(resources.db, async (tx) => {
    const orders = await freezeUsual(tx, resources, beginnings);
    const [first] = orders.values();
    if (first === undefined) return beginnings.map(() => undefined);
    const frozen = [...orders.values()];
    // All were read by one statement, and so at one time.
    const { expiresAt } = first;
    const seatCount = frozen.reduce((sum, { seats }) => sum + seats.length, 0);
    const holds = frozen.map(({ hold, order }) => ({ ...hold, checkoutLines: JSON.stringify(order.lines) }));
    NotAllAlike.unless(await extendLocksForCheckout(tx, holds, expiresAt), seatCount, 'seats');
    await moveToCheckout(tx, holds, expiresAt);
    const begun = beginnings.map((beginning) => {
      const order = orders.get(beginning);
      return order && { order, payment: paymentFor(resources, order, beginning.command.email) };
    });
    await insertPayments(
      tx,
      begun.flatMap((each) => each?.payment ?? []),
    );
    return begun.map(
      (each) =>
        each && {
          begun: { outcome: 'begun', payment: { ...each.payment, tries: 0 }, expiresAt },
          seatIds: each.order.seatIds,
        },
    );
  });
}

/** Locks what the beginnings are about, and says what each of the usual ones is charged for. */
async function freezeUsual(
  tx: Tx,
  resources: Resources,
  beginnings: readonly Beginning[],
): Promise<Map<Beginning, FrozenOrder>> {
  const found = beginnings.map((beginning) => beginning.found);
  const events = await shareEvents(
    tx,
    found.map(({ eventId }) => eventId),
  );
  const holds = await lockFreeHolds(tx, found);
  const open = [...holds.values()].filter(({ status, isOverdue }) => status === 'held' && !isOverdue);
  const seats = await listPricedSeats(tx, open);
  const orders = new Map<Beginning, FrozenOrder>();
  for (const hold of open) {
    // Of two for one hold, as by a double click, the second finds out what the first has done.
    const beginning = beginnings.find(({ command }) => command.holdId === hold.holdId);
    const event = events.get(hold.eventId);
    if (beginning === undefined || event === undefined || event.status === 'cancelled') continue;
    const order = freezeOrder(resources, event, hold, seats.get(hold.holdId) ?? []);
    if (order.total > 0) orders.set(beginning, order);
  }
  return orders;
}
