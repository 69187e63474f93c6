import { expect, test } from 'vitest';
import { checkOut, breakStripe, mendStripe, pay, payment } from '../support/checkout.ts';
import { client, guest } from '../support/client.ts';
import { createTestEvent, organiser } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';
import { startServerProcess } from '../support/server-process.ts';
import { postToWebhook, signatureOf, stripeEvent } from '../support/stripe-events.ts';
import { startWorkerProcess } from '../faults/worker-process.ts';
import { ask } from './ask.ts';

const PORT = '0';
const METRICS_TOKEN = 'a-token-for-metrics-of-the-tests';
const holdfast = useHoldfast({ seatWorker: false, env: { METRICS_TOKEN, PORT } });

test('logs / of servers and workers through sales, refunds, hostile requests and Stripe’s failures / one JSON line each, without any secret', async () => {
  const { env, standIn } = holdfast.current;
  const server = await startServerProcess({ env }, { LOG_LEVEL: 'debug' });
  const worker = await startWorkerProcess({ env }, 'seat-worker', { LOG_LEVEL: 'debug' });
  const at = { ...holdfast.current, url: server.url };
  const secrets = [
    ...['JWT_SECRET', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'].map((name) => env[name] ?? ''),
    METRICS_TOKEN,
    new URL(env['DATABASE_URL'] ?? '').href,
  ];

  const { eventId } = await createTestEvent(at);
  const buyer = await guest(at);
  await breakStripe(at, { path: '/v1/checkout/sessions', answer: '500', times: 1 });
  const sale = await checkOut(at, { eventId, seatIds: [1], buyer });
  await pay(at, sale.sessionId);
  const [booking] = await eventually(async () => {
    await payment(sale);
    const { body } = await buyer.request('GET', '/api/bookings');
    expect(body.items).toHaveLength(1);
    return body.items;
  });
  await buyer.request('DELETE', `/api/bookings/${booking.id}`);
  await mendStripe(at);
  secrets.push(buyer.token ?? '', organiser(at, 'admin').token ?? '');

  const payload = JSON.stringify(stripeEvent());
  const signature = signatureOf(payload);
  await postToWebhook(at, payload, signature);
  await postToWebhook(at, `${payload} `, signature);
  secrets.push(signature.split('v1=')[1] ?? '');

  const admin = organiser(at, 'admin');
  const board = await admin.request('POST', '/api/admin/queue/board-session');
  const cookie = board.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  expect(cookie).not.toBe('');
  secrets.push(cookie.split('=')[1] ?? '', admin.token ?? '');
  await client(at).request('GET', '/metrics', undefined, { authorization: `Bearer ${METRICS_TOKEN}` });
  await ask(server.url, {
    method: 'GET',
    path: `/api/events/x%0d%0a%7B%22level%22:%22info%22,%22message%22:%22forged%22%7D?access_token=${buyer.token}`,
    headers: { cookie: `holdfast_refresh=${buyer.token}`, 'x-request-id': '{"message":"forged"}' },
  });
  const key = 'an-idempotency-key-of-the-tests';
  await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [2] }, { 'idempotency-key': key });

  const [said, worked] = [await server.stop(), await worker.log()];
  await worker.end();
  expect(standIn.url).toContain('127.0.0.1');
  for (const log of [said, worked]) {
    const lines = log.split('\n').filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.filter((line) => !isOneLogLine(line))).toEqual([]);
    expect(secrets.filter((secret) => secret === '' || log.includes(secret))).toEqual([]);
  }
  expect(said).toContain('stripe-event.stored');
});

/** A line of ours, and not one that a request made. */
function isOneLogLine(line: string): boolean {
  const parsed: unknown = JSON.parse(line);
  return (
    typeof parsed === 'object' &&
    parsed !== null &&
    'process' in parsed &&
    'message' in parsed &&
    parsed.message !== 'forged'
  );
}
