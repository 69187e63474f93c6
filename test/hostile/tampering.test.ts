import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { newEmail, PASSWORD } from '../api/accounts/people.ts';
import {
  checkOut,
  control,
  hold,
  mendStripe,
  pay,
  payment,
  paymentRow,
  seatLetters,
} from '../support/checkout.ts';
import { client, guest } from '../support/client.ts';
import { createTestEvent, organiser } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import { useHoldfast } from '../support/harness.ts';
import { inboxOf, postToWebhook, signatureOf, stripeEvent } from '../support/stripe-events.ts';
import { ask } from './ask.ts';

const EVIL = 'https://evil.example';
const holdfast = useHoldfast();
afterEach(() => mendStripe(holdfast.current));

test('Host, Origin and X-Forwarded-Host / forged at the checkout / Stripe is told our own pages to return to', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const buyer = await guest(holdfast.current);
  const holdId = await hold(buyer, { eventId, seatIds: [1] });
  const got = await ask(holdfast.current.url, {
    method: 'POST',
    path: `/api/holds/${holdId}/checkout?successUrl=${EVIL}`,
    headers: {
      authorization: `Bearer ${buyer.token}`,
      'content-type': 'application/json',
      host: 'evil.example',
      origin: EVIL,
      referer: EVIL,
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-original-url': EVIL,
    },
    body: JSON.stringify({ successUrl: EVIL, cancelUrl: EVIL, url: EVIL, returnUrl: EVIL }),
  });
  expect([200, 400]).toContain(got.status);
  expect(got.text).not.toContain('evil.example');
  const { status, body } = await buyer.request('POST', `/api/holds/${holdId}/checkout`, {});
  expect(status).toBe(200);
  const sessionId = /cs_test_\w+/.exec(body.url)?.[0] ?? '';
  const response = await fetch(`${holdfast.current.standIn.url}/v1/checkout/sessions/${sessionId}`, {
    headers: { authorization: 'Bearer sk_test_holdfast' },
  });
  const session = z.object({ success_url: z.string(), cancel_url: z.string() }).parse(await response.json());
  for (const url of [session.success_url, session.cancel_url])
    expect(url).toMatch(new RegExp(`^${holdfast.current.url}/events/`));
});

test('a body of Stripe’s / changed, with its own signature / is refused, and a true one about another’s session moves nothing', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const at = await checkOut(holdfast.current, { eventId, seatIds: [1] });
  const event = stripeEvent({
    id: 'cs_test_of_someone_else',
    object: 'checkout.session',
    payment_status: 'paid',
  });
  const payload = JSON.stringify(event);
  const signature = signatureOf(payload);
  const changed = payload.replace('cs_test_of_someone_else', at.sessionId);
  for (const body of [
    changed,
    payload.replace('{', '{ '),
    `\u{FEFF}${payload}`,
    payload.replace('evt_', 'evt_x'),
  ])
    expect(await postToWebhook(holdfast.current, body, signature)).toMatchObject({
      status: 400,
      body: { code: 'bad_signature' },
    });
  // Signed with our secret, as a connected account's event is; the session is one that our own account does not have.
  const foreign = JSON.stringify({ ...event, account: 'acct_of_someone_else' });
  expect((await postToWebhook(holdfast.current, foreign, signatureOf(foreign))).status).toBe(200);
  await eventually(async () => {
    const rows = await inboxOf(holdfast.current, 'cs_test_of_someone_else');
    expect(rows.map(({ status }) => status)).toEqual(['ignored']);
  });
  expect((await paymentRow(holdfast.current, at.paymentId)).payment_status).toBe('pending');
  expect((await seatLetters(holdfast.current, eventId)).slice(0, 2)).toBe('la');
});

const INJECTIONS = [
  "'; DROP TABLE users; --",
  "' OR '1'='1",
  '\\',
  '%',
  '_',
  '" UNION SELECT user_password FROM users -- ',
  '}:1\r\nFLUSHALL\r\n',
  'return redis.call("FLUSHALL")',
  '${jndi:ldap://127.0.0.1/a}',
  '<script>alert(1)</script>',
];

test('statements for SQL and Redis / as names, searches and keys / are text: kept as they are, and found as they are', async () => {
  const { redis } = holdfast.current.server.resources;
  await redis.set('canary', 'alive');
  for (const name of INJECTIONS) {
    const { eventId, organiser: owner } = await createTestEvent(holdfast.current, { details: { name } });
    const shown = await client(holdfast.current).request('GET', `/api/events/${eventId}`);
    expect(shown.body.name).toBe(name.trim());
    const search = encodeURIComponent(name.trim());
    const found = await owner.request('GET', `/api/admin/events?search=${search}`);
    expect(found.body.items.map((item: { id: string }) => item.id)).toEqual([eventId]);
    const buyer = await guest(holdfast.current);
    const key = name.replaceAll(/[^\x21-\x7e]/g, '') || 'key';
    const held = await buyer.request(
      'POST',
      `/api/events/${eventId}/holds`,
      { seatIds: [1] },
      { 'idempotency-key': key },
    );
    expect(held.status).toBe(201);
  }
  expect(await redis.get('canary')).toBe('alive');
  for (const query of ['sortBy=name;DROP', "sortOrder=desc'--", 'page=1;2', 'limit=1e9'])
    expect((await client(holdfast.current).request('GET', `/api/events?${query}`)).status).toBe(400);
});

test('seat ids that are no seat ids / are refused before they reach a key, a script or a statement', async () => {
  const { eventId } = await createTestEvent(holdfast.current);
  const buyer = await guest(holdfast.current);
  const odd: unknown[] = [
    '1',
    '1}:x',
    '*',
    -1,
    0,
    1.5,
    2 ** 32,
    2 ** 53,
    null,
    true,
    [1],
    { $gt: 0 },
    { toString: '1' },
  ];
  for (const seatId of odd) {
    const { status, body } = await buyer.request('POST', `/api/events/${eventId}/holds`, {
      seatIds: [1, seatId],
    });
    expect([seatId, status, body.code]).toEqual([seatId, 400, 'invalid_request']);
  }
  const beyond = await buyer.request('POST', `/api/events/${eventId}/holds`, { seatIds: [51] });
  expect([beyond.status, beyond.body.code]).toEqual([422, 'unknown_seats']);
  expect(await seatLetters(holdfast.current, eventId)).toBe('a'.repeat(50));
});

test('__proto__ and constructor / in bodies and queries / change no object and give no role', async () => {
  const polluted = `{"email":"${newEmail()}","password":"${PASSWORD}","__proto__":{"role":"admin","isGuest":true},"constructor":{"prototype":{"role":"admin"}},"role":"admin","isAdmin":true}`;
  const headers = { 'content-type': 'application/json' };
  const sent = { method: 'POST', path: '/api/auth/register?__proto__[role]=admin', headers, body: polluted };
  const made = await ask(holdfast.current.url, sent);
  expect(JSON.parse(made.text)).toMatchObject({ user: { role: 'buyer' } });
  const plain: Record<string, unknown> = {};
  expect([plain['role'], plain['isAdmin'], plain['isGuest']]).toEqual([undefined, undefined, undefined]);
});

test('a price / sent with the seats, with the event’s buyers or as a negative one / counts for nothing or is refused', async () => {
  const { eventId, organiser: owner } = await createTestEvent(holdfast.current, { price: 4_200 });
  const buyer = await guest(holdfast.current);
  const priced = { seatIds: [1], price: 1, total: 1 };
  expect((await buyer.request('POST', `/api/events/${eventId}/holds`, priced)).status).toBe(400);
  for (const price of [-1, 0, 0.5, 1e9, '1', null])
    expect(
      (await owner.request('PATCH', `/api/admin/events/${eventId}`, { prices: { Stalls: price } })).status,
    ).toBe(400);
  const at = await checkOut(holdfast.current, { eventId, seatIds: [1], buyer });
  await pay(holdfast.current, at.sessionId);
  await eventually(async () => expect((await payment(at)).bookings).toHaveLength(1));
  expect((await paymentRow(holdfast.current, at.paymentId)).captured_amount).toBe(4_200);
  expect((await control(holdfast.current, 'GET', 'tally')).intents.length).toBeGreaterThan(0);
  expect((await organiser(holdfast.current).request('GET', `/api/admin/events/${eventId}`)).status).toBe(404);
});
