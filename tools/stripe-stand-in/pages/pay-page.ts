import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from '../api-error.ts';
import { readCardNumber } from '../api/payment-methods.ts';
import { paySession, type Checkout } from '../checkout.ts';
import { doWhatIsDue } from '../due.ts';
import { decodeForm, type ParamObject } from '../form.ts';
import { readBody } from '../http-io.ts';
import { createMethod, decline } from '../payments.ts';
import type { SessionRecord } from '../records.ts';
import { change, noRequest, type World } from '../world.ts';
import { checkCardForm, type CardForm } from './card-form.ts';
import {
  authenticationPage,
  closedPage,
  missingPage,
  payPage,
  successUrlOf,
  type Typed,
} from './hosted-page.ts';

/** As long as Stripe's page lets the shop's webhook take before it sends the buyer on (docs.stripe.com/checkout/fulfillment). */
const webhookWaitMs = 10_000;
const untyped: Typed = { email: '', billingName: '', billingCountry: 'US', billingPostalCode: '' };

/** Answers everything under `/c/pay/`: plain forms, so that it works without JavaScript. */
export async function answerPage(world: World, req: IncomingMessage, res: ServerResponse): Promise<void> {
  await doWhatIsDue(world);
  const [, , , sessionId = '', step] = (req.url ?? '').split('?', 1)[0]?.split('/') ?? [];
  const session = world.store.tables.session.get(sessionId);
  if (session === undefined) return sendPage(res, 404, missingPage());
  if (session.status !== 'open') return sendPage(res, 200, closedPage(session));
  const posted = req.method === 'POST' ? decodeForm(await readBody(req)) : undefined;
  if (step === 'authenticate') return answerAuthentication(world, res, session, posted);
  if (posted === undefined) return sendPage(res, 200, payPage(session, untyped, null));
  return answerPayment(world, res, session, posted);
}

async function answerPayment(
  world: World,
  res: ServerResponse,
  session: SessionRecord,
  posted: ParamObject,
): Promise<void> {
  const form = checkCardForm(posted, world.clock.nowMs());
  if (form.problem !== null) return sendPage(res, 400, payPage(session, form.typed, form.problem));
  try {
    const checkout = await change(world, () => payWithForm(world, session, form));
    await finish(world, res, checkout, form.typed);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    sendPage(res, 402, payPage(session, form.typed, error.message));
  }
}

function payWithForm(world: World, session: SessionRecord, form: CardForm): Checkout {
  const { typed, expiry } = form;
  const billing = {
    email: typed.email,
    name: typed.billingName,
    country: typed.billingCountry,
    postalCode: typed.billingPostalCode === '' ? null : typed.billingPostalCode,
  };
  const method = createMethod(world, readCardNumber(form.cardNumber), billing, expiry);
  return paySession(world, noRequest, session.id, method);
}

async function answerAuthentication(
  world: World,
  res: ServerResponse,
  session: SessionRecord,
  posted: ParamObject | undefined,
): Promise<void> {
  const intent = world.store.tables.intent.get(session.intentId ?? '');
  const method = world.store.tables.method.get(intent?.methodId ?? '');
  if (intent?.status !== 'requires_action' || method === undefined) {
    return sendPage(res, 200, payPage(session, untyped, null));
  }
  if (posted === undefined) return sendPage(res, 200, authenticationPage(session));
  const checkout = await change(world, (): Checkout => {
    if (posted['outcome'] === 'complete') return paySession(world, noRequest, session.id, method, true);
    const payment = decline(world, noRequest, intent, method, {
      code: 'payment_intent_authentication_failure',
      declineCode: null,
      message:
        'We are unable to authenticate your payment method. Please choose a different one and try again.',
    });
    return { ...payment, session };
  });
  await finish(world, res, checkout, untyped);
}

async function finish(world: World, res: ServerResponse, checkout: Checkout, typed: Typed): Promise<void> {
  switch (checkout.result) {
    case 'complete':
      await world.deliveries.acknowledged(checkout.event.id, webhookWaitMs);
      return redirect(res, successUrlOf(checkout.session));
    case 'needs-authentication':
      return redirect(res, `/c/pay/${checkout.session.id}/authenticate`);
    case 'declined':
      return sendPage(res, 402, payPage(checkout.session, typed, checkout.failure.message));
    case 'not-open':
      return sendPage(res, 200, closedPage(checkout.session));
    default:
      throw new Error(`unknown result ${String(checkout satisfies never)}`);
  }
}

function redirect(res: ServerResponse, location: string): void {
  res.writeHead(303, { location, 'cache-control': 'no-store' }).end();
}

function sendPage(res: ServerResponse, status: number, html: string): void {
  res
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    })
    .end(html);
}
