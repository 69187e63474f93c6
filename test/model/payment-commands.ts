import { expect } from 'vitest';
import { completeCheckout } from '../../src/checkout/complete-checkout.ts';
import { closeUnpaid } from '../../src/payments/close-unpaid.ts';
import { findPayment } from '../../src/payments/payment-store.ts';
import { control, pay, sessionIdIn } from '../support/checkout.ts';
import type { Client } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { inboxRow } from '../support/stripe-events.ts';
import { endedAs, hearOfMoney } from './checks.ts';
import { type Command, buyerOf, command } from './command.ts';
import {
  type Model,
  type ModelHold,
  type ModelPayment,
  type Real,
  bookedCount,
  endHold,
  free,
  livePayment,
  openHold,
  seatsOf,
  settle,
} from './model.ts';

const DECLINED_CARD = '4000000000000002';

export function checkOut(buyer: number): Command {
  return command(
    `buyer ${buyer} checks out`,
    (model) => model.holds[buyer] !== null,
    async (model, real) => {
      const hold = model.holds[buyer] ?? null;
      if (hold === null) return;
      const client = buyerOf(real, buyer);
      const { status, body } = await client.request('POST', `/api/holds/${hold.id}/checkout`, {});
      const live = livePayment(model, hold);
      const isPayable = hold.status === 'checkout' || (hold.status === 'held' && !hold.isOverdue);
      expect(isPayable ? [200, 202] : [409], `${status} ${JSON.stringify(body)}`).toContain(status);
      if (!isPayable) return;
      if (live !== undefined) return expect(body.paymentId).toBe(live.id);
      const url: string = status === 200 ? body.url : await urlOf(client, body.paymentId);
      model.payments.push({
        id: body.paymentId,
        sessionId: sessionIdIn(url),
        hold,
        seatIds: seatsOf(model, hold, 'locked'),
        atStripe: 'open',
        isLive: true,
        outcome: null,
        stripeEventId: null,
      });
      hold.status = 'checkout';
    },
  );
}

async function urlOf(client: Client, paymentId: string): Promise<string> {
  return await eventually(async () => {
    const { body } = await client.request('GET', `/api/payments/${paymentId}`);
    if (typeof body.url !== 'string') throw new Error(`No session yet: ${JSON.stringify(body)}`);
    return body.url;
  });
}

/** Back from Stripe. If it was paid meanwhile, the seats are booked, and the answer says so. */
export function leaveCheckout(buyer: number): Command {
  return command(
    `buyer ${buyer} leaves the checkout`,
    (model) => openHold(model, buyer)?.status === 'checkout',
    async (model, real) => {
      const open = openHold(model, buyer);
      if (open === null) return;
      const live = livePayment(model, open);
      const { status, body } = await buyerOf(real, buyer).request('DELETE', `/api/holds/${open.id}/checkout`);
      if (live?.atStripe === 'paid') {
        expect([status, body.code]).toEqual([409, 'already_paid']);
        return settle(model, live);
      }
      expect({ status, body }).toMatchObject({ status: 200 });
      await unpaid(model, real, open, live);
    },
  );
}

export async function unpaid(
  model: Model,
  real: Real,
  hold: ModelHold,
  live: ModelPayment | undefined,
): Promise<void> {
  if (live !== undefined) Object.assign(live, { atStripe: 'expired', isLive: false });
  const now = await endedAs(real, hold.id);
  expect(now).not.toBe('booked');
  if (now === 'over') return endHold(model, hold, { inRedisToo: true });
  hold.status = 'held';
  hold.isOverdue = false;
}

/** Below zero: counted from the last. */
function paymentAt(payments: readonly ModelPayment[], which: number): ModelPayment | undefined {
  return payments.at(which < 0 ? which : which % payments.length);
}

/** Stripe is paid and tells nobody: the webhook is dropped until `deliver`. */
export function payAtStripe(which: number, card: 'good' | 'declined'): Command {
  return command(
    `payment ${which} is tried with a ${card} card`,
    ({ payments }) => payments.length > 0,
    async ({ payments }, { holdfast }) => {
      const payment = paymentAt(payments, which);
      if (payment === undefined) return;
      const answer = await pay(holdfast, payment.sessionId, card === 'declined' ? DECLINED_CARD : undefined);
      const expected = card === 'declined' ? 'declined' : 'complete';
      expect(answer.result).toBe(payment.atStripe === 'open' ? expected : 'not-open');
      if (answer.result !== 'complete') return;
      payment.atStripe = 'paid';
      payment.stripeEventId = answer.eventId;
    },
  );
}

/** The hold leaves checkout while its session lives on, as if Stripe had been misunderstood: money may then come late. */
export function forgetCheckout(buyer: number): Command {
  return command(
    `the checkout of buyer ${buyer} is forgotten`,
    (model) => openHold(model, buyer)?.status === 'checkout',
    async (model, real) => {
      const { resources } = real.holdfast.server;
      const open = openHold(model, buyer);
      const live = open === null ? undefined : livePayment(model, open);
      if (open === null || live === undefined) return;
      await closeUnpaid(resources, { paymentId: live.id, sessionId: live.sessionId, to: 'expired' });
      const payment = await findPayment(resources.db, live.id);
      if (payment === null) throw new Error(`The payment ${live.id} is gone.`);
      await completeCheckout(resources, payment);
      live.isLive = false;
      const now = await endedAs(real, open.id);
      if (now === 'over') endHold(model, open, { inRedisToo: true });
      else Object.assign(open, { status: 'held', isOverdue: false });
    },
  );
}

export function deliver(times: number): Command {
  const told = ({ payments }: Model) => payments.filter(({ stripeEventId }) => stripeEventId !== null);
  return command(
    `Stripe's events are delivered ${times} times`,
    (model) => told(model).length > 0,
    async (model, real) => {
      for (const payment of told(model)) {
        const id = payment.stripeEventId ?? '';
        await Promise.all(
          Array.from({ length: times }, () => control(real.holdfast, 'POST', `events/${id}/resend`)),
        );
        await eventually(async () =>
          expect((await inboxRow(real.holdfast, id))?.status, `of ${id}`).toBe('done'),
        );
        await hearOfMoney(model, real);
        expect(payment.outcome, 'an event that was applied is heard').not.toBeNull();
      }
    },
  );
}

/** The return page: it may ask Stripe, but not each time. */
export function look(which: number): Command {
  return command(
    `the page of payment ${which} is looked at`,
    ({ payments }) => payments.length > 0,
    async (model, real) => {
      const payment = paymentAt(model.payments, which);
      if (payment === undefined) return;
      const client = buyerOf(real, payment.hold.buyer);
      const { status } = await client.request('GET', `/api/payments/${payment.id}`);
      expect(status).toBe(200);
      await hearOfMoney(model, real);
    },
  );
}

export function cancelBooking(buyer: number, which: number): Command {
  return command(
    `buyer ${buyer} cancels a booking`,
    (model) => bookedCount(model, buyer) > 0,
    async (model, real) => {
      const client = buyerOf(real, buyer);
      const { body } = await client.request('GET', '/api/bookings?limit=100');
      const confirmed = body.items.filter((item: { status: string }) => item.status === 'confirmed');
      expect(confirmed).toHaveLength(bookedCount(model, buyer));
      const booking = confirmed[which % confirmed.length];
      const answers = await Promise.all(
        [1, 2].map(() => client.request('DELETE', `/api/bookings/${booking.id}`)),
      );
      expect(answers.map(({ status, body: after }) => [status, after.status])).toEqual([
        [200, 'cancelled'],
        [200, 'cancelled'],
      ]);
      free(model, [booking.seat.id], { inRedisToo: true });
    },
  );
}
