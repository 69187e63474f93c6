import { expect } from 'vitest';
import { fromBytes, toBytes } from '../../src/platform/id.ts';
import { holdStatus, paymentRow } from '../support/checkout.ts';
import { eventually } from '../support/eventually.ts';
import { type Model, type ModelPayment, type Real, settle } from './model.ts';

/** MySQL has the seats as the model has them: state and owner of each. */
export async function seatsAgree(model: Model, { holdfast, eventId }: Real): Promise<void> {
  const rows = await holdfast.server.resources.db
    .selectFrom('event_seats')
    .select(['event_seat_id', 'status', 'hold_id'])
    .where('event_id', '=', toBytes(eventId))
    .orderBy('event_seat_id')
    .execute();
  const found = rows.map((row) => `${row.status} ${row.hold_id === null ? '' : fromBytes(row.hold_id)}`);
  expect(found).toEqual(model.seats.map(({ status, hold }) => `${status} ${hold?.id ?? ''}`));
}

/** Waits until all that was heard of money has been acted on, and lets the model hear it too, in the same order. */
export async function hearOfMoney(model: Model, { holdfast }: Real): Promise<void> {
  const { resources } = holdfast.server;
  await eventually(async () => {
    const { payments } = resources.queues.byName;
    expect(await payments.getJobCountByTypes('waiting', 'active', 'prioritized')).toBe(0);
  });
  const heard: { payment: ModelPayment; atMs: number }[] = [];
  for (const payment of model.payments) {
    if (payment.outcome !== null || payment.atStripe !== 'paid') continue;
    const atMs = await fulfilledAtMs(holdfast, payment);
    if (atMs !== null) heard.push({ payment, atMs });
  }
  for (const { payment } of heard.toSorted((a, b) => a.atMs - b.atMs)) settle(model, payment);
}

/** null while we do not know that it was paid. */
async function fulfilledAtMs(holdfast: Real['holdfast'], { id }: ModelPayment): Promise<number | null> {
  const first = await paymentRow(holdfast, id);
  if (first.payment_status === 'pending' || first.captured_amount === 0) return null;
  return await eventually(async () => {
    const { fulfilled_at: at } = await paymentRow(holdfast, id);
    if (at === null) throw new Error(`Nobody acts on the payment ${id}.`);
    return at.getTime();
  });
}

/** What a cleanup makes of a checkout whose time is over: back with the buyer, or freed; never as it was. */
export async function endedAs(real: Real, holdId: string): Promise<'held' | 'over' | 'booked'> {
  const status = await holdStatus(real.holdfast, holdId);
  if (status === 'held' || status === 'booked') return status;
  expect(['released', 'expired']).toContain(status);
  return 'over';
}
