import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inSeconds, seatSession, setUp, type Setup } from './support.ts';

let setup: Setup;
beforeAll(async () => {
  setup = await setUp();
});
beforeEach(() => setup.control('reset'));
afterAll(() => setup.stop());

const card = {
  email: 'buyer@example.com',
  cardNumber: '4242 4242 4242 4242',
  cardExpiry: '12 / 34',
  cardCvc: '123',
  billingName: 'A "Buyer"',
  billingCountry: 'DE',
  billingPostalCode: '10115',
};

async function open(overrides = {}): Promise<{ id: string; url: string }> {
  const { id, url } = await setup.stripe.checkout.sessions.create(seatSession(overrides));
  return { id, url: String(url) };
}
const send = (url: string, fields: Record<string, string>): Promise<Response> =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
const textOf = async (url: string): Promise<string> => (await fetch(url)).text();

describe('the hosted page', () => {
  it('says that it is a stand-in, what is paid, and has the real fields, safely escaped', async () => {
    const html = await textOf((await open()).url);
    expect(html).toContain('Stripe stand-in: no money moves.');
    expect(html).toContain('€30.00');
    expect(html).toContain('Row A &#38; &#60;B&#62; &times; 2');
    expect(html).not.toContain('<script');
    for (const id of Object.keys(card)) expect(html).toMatch(new RegExp(`<label for="${id}"[^]*id="${id}"`));
    expect(html).toContain('data-testid="hosted-payment-submit-button"');
    expect(html).toContain('href="http://shop.example/back"');
  });

  it('takes the card, waits for the shop to have its webhook, and sends the buyer on', async () => {
    const { id, url } = await open();
    const paid = await send(url, card);
    expect(paid.status).toBe(303);
    expect(paid.headers.get('location')).toBe(`http://shop.example/done?session=${id}`);
    expect(setup.shop.types()).toContain('checkout.session.completed');
    const session = await setup.stripe.checkout.sessions.retrieve(id);
    expect(session).toMatchObject({
      payment_status: 'paid',
      customer_details: { email: card.email, address: { country: 'DE', postal_code: '10115' } },
    });
  });

  it.each([
    ['4000000000000002', 'Your card was declined.'],
    ['4000000000009995', 'Your card has insufficient funds.'],
  ])('shows why card %s is refused and lets the buyer try another', async (cardNumber, why) => {
    const { id, url } = await open();
    const refused = await send(url, { ...card, cardNumber });
    expect(refused.status).toBe(402);
    const html = await refused.text();
    expect(html).toContain(`role="alert" id="problem">${why}`);
    expect(html).toContain('value="A &#34;Buyer&#34;"');
    expect(html).not.toContain(cardNumber);
    expect((await setup.stripe.checkout.sessions.retrieve(id)).status).toBe('open');
    expect((await send(url, card)).status).toBe(303);
  });

  it('finds mistakes before anything is charged', async () => {
    const { id, url } = await open();
    const mistakes = [
      { email: 'nobody' },
      { cardNumber: '4242 4242 4242 4241' },
      { cardExpiry: '01/20' },
      { cardCvc: '1' },
    ];
    for (const mistake of mistakes) expect((await send(url, { ...card, ...mistake })).status).toBe(400);
    const real = await send(url, { ...card, cardNumber: '4111111111111111' });
    expect(await real.text()).toContain('used a non test card');
    expect((await setup.stripe.checkout.sessions.retrieve(id)).payment_intent).toBeNull();
  });

  it('asks for 3D Secure with card 3155: complete pays, fail does not', async () => {
    const { id, url } = await open();
    const asked = await send(url, { ...card, cardNumber: '4000 0025 0000 3155' });
    expect(asked.headers.get('location')).toBe(`/c/pay/${id}/authenticate`);
    expect(await textOf(`${url}/authenticate`)).toContain('id="test-source-authorize-3ds"');
    expect((await send(`${url}/authenticate`, { outcome: 'fail' })).status).toBe(402);
    expect((await setup.stripe.checkout.sessions.retrieve(id)).status).toBe('open');
    await send(url, { ...card, cardNumber: '4000 0025 0000 3155' });
    expect((await send(`${url}/authenticate`, { outcome: 'complete' })).status).toBe(303);
    expect((await setup.stripe.checkout.sessions.retrieve(id)).payment_status).toBe('paid');
  });

  it('of a session that expired while it was open takes no money and says so', async () => {
    const { url } = await open({ expires_at: inSeconds(31 * 60) });
    await setup.control('clock', { advanceSeconds: 32 * 60 });
    const html = await (await send(url, card)).text();
    expect(html).toContain('This checkout page has expired');
    expect(html).toContain('You have not been charged.');
    expect(await setup.control('tally', {}, 'GET')).toMatchObject({ captured: 0 });
  });

  it('of a paid session offers to go on, and pays nothing twice', async () => {
    const { id, url } = await open();
    await Promise.all([send(url, card), send(url, card), send(url, card)]);
    const html = await textOf(url);
    expect(html).toContain('This payment is complete');
    expect(html).toContain(`http://shop.example/done?session=${id}`);
    expect(await setup.control('tally', {}, 'GET')).toMatchObject({ captured: 3_000 });
  });

  it('of no session is a plain 404', async () => {
    const answer = await fetch(`${setup.url()}/c/pay/cs_test_nothing`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('text/html');
  });
});
