import { sql } from 'kysely';
import { toBytes } from '../../src/platform/id.ts';
import { type Client, guest } from './client.ts';
import { eventually } from './eventually.ts';
import type { Holdfast } from './harness.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- a test says what it expects of an answer by its assertions
type Loose = any;

/** A buyer at Stripe's door: seats held, checkout begun. */
export type AtCheckout = {
  readonly buyer: Client;
  readonly eventId: string;
  readonly holdId: string;
  readonly paymentId: string;
  readonly sessionId: string;
  readonly url: string;
};

/** Holds the seats for a buyer (a new guest by default) and begins the checkout, however long a busy machine takes. */
export async function checkOut(
  holdfast: Holdfast,
  order: { eventId: string; seatIds: readonly number[]; buyer?: Client },
): Promise<AtCheckout> {
  const buyer = order.buyer ?? (await guest(holdfast));
  const holdId = await hold(buyer, order);
  const { status, body } = await buyer.request('POST', `/api/holds/${holdId}/checkout`, {});
  if (status !== 200 && status !== 202) throw new Error(`No checkout: ${status} ${JSON.stringify(body)}`);
  const { paymentId } = body;
  const url = body.url ?? (await urlOf({ buyer, paymentId }));
  return { buyer, eventId: order.eventId, holdId, paymentId, url, sessionId: sessionIdIn(url) };
}

/** Where to pay, once the session is made. */
export async function urlOf(at: Pick<AtCheckout, 'buyer' | 'paymentId'>): Promise<string> {
  return eventually(async () => {
    const { url } = await payment(at);
    if (url === null) throw new Error(`The payment ${at.paymentId} has no session yet.`);
    return url;
  }, 20_000);
}

export async function hold(
  buyer: Client,
  order: { eventId: string; seatIds: readonly number[] },
): Promise<string> {
  const { status, body } = await buyer.request('POST', `/api/events/${order.eventId}/holds`, {
    seatIds: order.seatIds,
  });
  if (status !== 201 && status !== 202) throw new Error(`No hold: ${status} ${JSON.stringify(body)}`);
  return eventually(async () => {
    const mine = await buyer.request('GET', `/api/holds/${body.id}`);
    const seatIds = mine.body.seats?.map((seat: { id: number }) => seat.id);
    if (mine.body.status !== 'held' || !order.seatIds.every((seatId) => seatIds.includes(seatId)))
      throw new Error(`Not held: ${JSON.stringify(mine.body)}`);
    return mine.body.id;
  });
}

export function sessionIdIn(url: string): string {
  const found = /cs_(test|live)_\w+/.exec(url);
  if (found === null) throw new Error(`No session in ${url}`);
  return found[0];
}

/** Calls one of the stand-in's controls. */
export async function control(
  holdfast: Holdfast,
  method: string,
  path: string,
  body?: unknown,
): Promise<Loose> {
  const response = await fetch(new URL(`/_control/${path}`, holdfast.standIn.url), {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** The buyer presses "pay" on Stripe's page. */
export async function pay(holdfast: Holdfast, sessionId: string, card?: string): Promise<Loose> {
  return control(holdfast, 'POST', `sessions/${sessionId}/pay`, card === undefined ? {} : { card });
}

/** Stripe's deliveries wait until they are let go, or for ever. */
export async function dropWebhooks(holdfast: Holdfast, times = 1_000): Promise<void> {
  await control(holdfast, 'POST', 'webhooks', { drop: { times } });
}

/** A request to Stripe will go wrong. */
export async function breakStripe(
  holdfast: Holdfast,
  fault: {
    method?: string;
    path: string;
    answer: '429' | '500' | 'hang' | 'reset';
    when?: 'before' | 'after';
    times?: number;
  },
): Promise<void> {
  await control(holdfast, 'POST', 'faults', fault);
}

/** All is well with Stripe again. */
export async function mendStripe(holdfast: Holdfast): Promise<void> {
  await control(holdfast, 'DELETE', 'faults');
  await control(holdfast, 'POST', 'api', { latencyMs: 0, endpointRatePerSecond: null, settleMs: 2_000 });
  await control(holdfast, 'POST', 'webhooks', {
    delayMs: 0,
    duplicates: 0,
    reorderWindow: 0,
    drop: { times: 0 },
    secondEvent: { times: 0 },
  });
  await control(holdfast, 'POST', 'webhooks/flush');
}

export async function payment(at: Pick<AtCheckout, 'buyer' | 'paymentId'>): Promise<Loose> {
  const { status, body } = await at.buyer.request('GET', `/api/payments/${at.paymentId}`);
  if (status !== 200) throw new Error(`No payment: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** The letters of the seats: a available, l locked, b booked. */
export async function seatLetters(holdfast: Holdfast, eventId: string): Promise<string> {
  const rows = await holdfast.server.resources.db
    .selectFrom('event_seats')
    .select('status')
    .where('event_id', '=', toBytes(eventId))
    .orderBy('event_seat_id')
    .execute();
  return rows.map((row) => row.status[0]).join('');
}

/** Makes a hold's time be over, by the database's clock, as if the buyer had waited. */
export async function letTimePass(holdfast: Holdfast, holdId: string): Promise<void> {
  const { db } = holdfast.server.resources;
  const past = sql<Date>`UTC_TIMESTAMP(3) - INTERVAL 1 SECOND`;
  await db
    .updateTable('holds')
    .set({ expires_at: past, extends_until: sql<Date>`UTC_TIMESTAMP(3) - INTERVAL 1 HOUR` })
    .where('hold_id', '=', toBytes(holdId))
    .execute();
  await db
    .updateTable('event_seats')
    .set({ lock_expire: past })
    .where('hold_id', '=', toBytes(holdId))
    .where('status', '=', 'locked')
    .execute();
}

export async function holdStatus(holdfast: Holdfast, holdId: string): Promise<string> {
  const { db } = holdfast.server.resources;
  return (
    await db
      .selectFrom('holds')
      .select('status')
      .where('hold_id', '=', toBytes(holdId))
      .executeTakeFirstOrThrow()
  ).status;
}

export async function paymentRow(holdfast: Holdfast, paymentId: string) {
  const { db } = holdfast.server.resources;
  return db
    .selectFrom('payments')
    .selectAll()
    .where('payment_id', '=', toBytes(paymentId))
    .executeTakeFirstOrThrow();
}

export async function refundRows(holdfast: Holdfast, paymentId: string) {
  const { db } = holdfast.server.resources;
  return db
    .selectFrom('refunds')
    .selectAll()
    .where('payment_id', '=', toBytes(paymentId))
    .orderBy('refund_id')
    .execute();
}

/** What Stripe has taken and given back for a session. */
export async function moneyOf(
  holdfast: Holdfast,
  sessionId: string,
): Promise<{ captured: number; refunded: number }> {
  const { intents } = await control(holdfast, 'GET', 'tally');
  const mine = intents.filter((intent: { session: string }) => intent.session === sessionId);
  const sum = (key: 'captured' | 'refunded') =>
    mine.reduce((total: number, intent: Record<string, number>) => total + (intent[key] ?? 0), 0);
  return { captured: sum('captured'), refunded: sum('refunded') };
}
