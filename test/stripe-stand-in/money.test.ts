import type { Stripe } from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  becomes,
  failureOf,
  idOf,
  paidSession,
  seatSession,
  setUp,
  subjectIdOf,
  type Setup,
} from './support.ts';

let setup: Setup;
beforeAll(async () => {
  setup = await setUp();
});
afterAll(() => setup.stop());

const refund = (params: Stripe.RefundCreateParams) => setup.stripe.refunds.create(params);

describe('paying a session', () => {
  it('completes it, takes the whole amount once and carries the metadata along', async () => {
    const { session, intentId } = await paidSession(setup);
    expect(session).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      url: null,
      customer_details: { email: 'buyer@example.com', name: 'Test Buyer' },
    });
    const intent = await setup.stripe.paymentIntents.retrieve(intentId, { expand: ['latest_charge'] });
    expect(intent).toMatchObject({
      status: 'succeeded',
      amount_received: 3_000,
      metadata: { hold: '1' },
      latest_charge: {
        paid: true,
        amount_captured: 3_000,
        payment_method_details: { card: { last4: '4242' } },
      },
    });
    expect((await setup.stripe.charges.list({ payment_intent: intentId })).data).toHaveLength(1);
    const again = await setup.control(`sessions/${session.id}/pay`);
    expect(again).toMatchObject({ result: 'not-open' });
  });

  it('with a card that is declined leaves it open, with an intent that says why, and can be tried again', async () => {
    const { id } = await setup.stripe.checkout.sessions.create(seatSession());
    const declined = await setup.control(`sessions/${id}/pay`, { card: '4000000000009995' });
    expect(declined).toMatchObject({ result: 'declined', decline: { declineCode: 'insufficient_funds' } });
    const open = await setup.stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
    expect(open).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: {
        status: 'requires_payment_method',
        amount_received: 0,
        last_payment_error: { code: 'card_declined', decline_code: 'insufficient_funds' },
      },
    });
    await setup.shop.next('payment_intent.payment_failed');
    await setup.control(`sessions/${id}/pay`);
    const paid = await setup.stripe.checkout.sessions.retrieve(id);
    expect(paid.payment_status).toBe('paid');
    expect(paid.payment_intent).toBe(idOf(open.payment_intent));
  });

  it('that expires after a decline cancels its intent', async () => {
    const { id } = await setup.stripe.checkout.sessions.create(seatSession());
    await setup.control(`sessions/${id}/pay`, { card: '4000000000000002' });
    await setup.stripe.checkout.sessions.expire(id);
    const session = await setup.stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] });
    expect(session.payment_intent).toMatchObject({ status: 'canceled', amount_received: 0 });
    const intentId = idOf(session.payment_intent);
    const refused = await failureOf(refund({ payment_intent: intentId }));
    expect(refused.message).toBe(
      `This PaymentIntent (${intentId}) does not have a successful charge to refund.`,
    );
  });
});

describe('a refund', () => {
  it('of the whole, unless an amount is given, can be made once', async () => {
    const { intentId } = await paidSession(setup);
    const whole = await refund({ payment_intent: intentId, metadata: { refund_id: '7' } });
    expect(whole).toMatchObject({
      object: 'refund',
      amount: 3_000,
      status: 'succeeded',
      metadata: { refund_id: '7' },
    });
    const charge = await setup.stripe.charges.retrieve(idOf(whole.charge));
    expect(charge).toMatchObject({ refunded: true, amount_refunded: 3_000 });
    const again = await failureOf(refund({ payment_intent: intentId }));
    expect(again.code).toBe('charge_already_refunded');
    expect(again.message).toBe(`Charge ${charge.id} has already been refunded.`);
  });

  it('of a part leaves the rest, and never gives back more than was paid', async () => {
    const { intentId } = await paidSession(setup);
    const part = await refund({ payment_intent: intentId, amount: 1_000 });
    await refund({ charge: idOf(part.charge), amount: 500, reason: 'requested_by_customer' });
    const tooMuch = await failureOf(refund({ payment_intent: intentId, amount: 1_501 }));
    expect(tooMuch.message).toBe(
      'Refund amount (€15.01) is greater than unrefunded amount on charge (€15.00)',
    );
    const charge = await setup.stripe.charges.retrieve(idOf(part.charge), { expand: ['refunds'] });
    expect(charge).toMatchObject({ refunded: false, amount_refunded: 1_500 });
    expect(charge.refunds?.data.map(({ amount }) => amount)).toEqual([500, 1_000]);
    const listed = await setup.stripe.refunds.list({ payment_intent: intentId });
    expect(listed.data).toHaveLength(2);
    const cancel = await failureOf(setup.stripe.refunds.cancel(part.id));
    expect(cancel.message).toContain('requires_action');
  });

  it('of 20 parts at once gives back the whole and no more', async () => {
    const { intentId } = await paidSession(setup);
    const asked = Array.from({ length: 20 }, () =>
      refund({ payment_intent: intentId, amount: 200 }).catch(() => undefined),
    );
    const made = (await Promise.all(asked)).filter((one) => one !== undefined);
    expect(made).toHaveLength(15);
  });

  it('on card 5126 fails later, and what it gave back counts no more', async () => {
    const { intentId } = await paidSession(setup, '4000000000005126');
    const promised = await refund({ payment_intent: intentId });
    expect(promised.status).toBe('succeeded');
    await setup.control('clock', { advanceSeconds: 10 });
    const failed = await setup.stripe.refunds.retrieve(promised.id);
    expect(failed).toMatchObject({ status: 'failed', failure_reason: 'expired_or_canceled_card' });
    expect(await setup.stripe.charges.retrieve(idOf(promised.charge))).toMatchObject({
      amount_refunded: 0,
      refunded: false,
    });
    const { event } = await setup.shop.next('refund.failed');
    expect(subjectIdOf(event)).toBe(promised.id);
  });

  it('on card 7726 is pending first, then succeeds', async () => {
    const { intentId } = await paidSession(setup, '4000000000007726');
    const promised = await refund({ payment_intent: intentId });
    expect(promised).toMatchObject({ status: 'pending', pending_reason: 'processing' });
    await setup.control('clock', { advanceSeconds: 10 });
    expect((await setup.stripe.refunds.retrieve(promised.id)).status).toBe('succeeded');
    const updated = await becomes(() =>
      setup.shop.received.find(
        ({ event }) => event.type === 'refund.updated' && subjectIdOf(event) === promised.id,
      ),
    );
    expect(updated.event.data['previous_attributes']).toEqual({ status: 'pending' });
  });
});

describe('a dispute', () => {
  it('opens some time after card 0259 paid, blocks refunds, and can be lost or won', async () => {
    const [lost, won] = [
      await paidSession(setup, '4000000000000259'),
      await paidSession(setup, '4000000000000259'),
    ];
    await setup.control('clock', { advanceSeconds: 10 });
    const disputeOf = async (intent: string): Promise<Stripe.Dispute> => {
      const { data } = await setup.stripe.disputes.list({ payment_intent: intent });
      expect(data[0]).toMatchObject({ status: 'needs_response', amount: 3_000 });
      return data[0]!;
    };
    const first = await disputeOf(lost.intentId);
    expect((await failureOf(refund({ payment_intent: lost.intentId }))).code).toBe('charge_disputed');
    expect((await setup.stripe.disputes.close(first.id)).status).toBe('lost');
    const second = await disputeOf(won.intentId);
    const update = { evidence: { uncategorized_text: 'winning_evidence' } };
    expect((await setup.stripe.disputes.update(second.id, update)).status).toBe('won');
    for (const type of ['created', 'funds_withdrawn', 'funds_reinstated', 'closed']) {
      await setup.shop.next(`charge.dispute.${type}`);
    }
  });
});

const tallySchema = z.looseObject({
  captured: z.number(),
  refunded: z.number(),
  intents: z.array(z.looseObject({ captured: z.number(), refunded: z.number() })),
});

describe('the tally', () => {
  it('adds up what was taken and given back, as the API does', async () => {
    const { captured, refunded, intents } = tallySchema.parse(await setup.control('tally', {}, 'GET'));
    const charges = await setup.stripe.charges.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
    const paid = charges.filter((charge) => charge.paid);
    expect(captured).toBe(paid.reduce((sum, charge) => sum + charge.amount_captured, 0));
    expect(refunded).toBe(paid.reduce((sum, charge) => sum + charge.amount_refunded, 0));
    expect(intents).toHaveLength(paid.length);
  });
});
