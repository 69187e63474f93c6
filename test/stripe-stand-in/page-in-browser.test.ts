import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { chromiumPath } from '../support/servers.ts';
import { seatSession, setUp, type Setup } from './support.ts';

async function fillIn(page: Page, cardNumber: string): Promise<void> {
  await page.fill('#email', 'buyer@example.com');
  await page.fill('#cardNumber', cardNumber);
  await page.fill('#cardExpiry', '12 / 34');
  await page.fill('#cardCvc', '123');
  await page.fill('#billingName', 'A Buyer');
  await page.selectOption('#billingCountry', 'DE');
  await page.fill('#billingPostalCode', '10115');
  await page.getByTestId('hosted-payment-submit-button').click();
}

describe('the hosted page in a browser on a phone', () => {
  let setup: Setup;
  let browser: Browser;
  let shopPages: Server;
  let shopUrl: string;
  beforeAll(async () => {
    setup = await setUp();
    shopPages = createServer((req, res) => res.end(`<title>shop</title>${req.url}`)).listen(0, '127.0.0.1');
    await once(shopPages, 'listening');
    const address = shopPages.address();
    shopUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    shopPages.closeAllConnections();
    shopPages.close();
    await setup.stop();
  });

  async function openPage(javaScriptEnabled: boolean): Promise<{ page: Page; id: string }> {
    const session = await setup.stripe.checkout.sessions.create(
      seatSession({ success_url: `${shopUrl}/done?s={CHECKOUT_SESSION_ID}`, cancel_url: `${shopUrl}/back` }),
    );
    const context = await browser.newContext({
      javaScriptEnabled,
      viewport: { width: 360, height: 740 },
      bypassCSP: true,
    });
    const page = await context.newPage();
    await page.goto(String(session.url));
    return { page, id: session.id };
  }
  it('declines, then asks for 3D Secure, then pays, all without JavaScript', async () => {
    const { page, id } = await openPage(false);
    await fillIn(page, '4000000000000002');
    await page.getByText('Your card was declined.').waitFor();
    await fillIn(page, '4000 0025 0000 3155');
    await page.click('#test-source-authorize-3ds');
    await page.waitForURL(`${shopUrl}/done?s=${id}`);
    expect((await setup.stripe.checkout.sessions.retrieve(id)).payment_status).toBe('paid');
    expect(setup.shop.types()).toContain('checkout.session.completed');
  });

  it('goes back to the shop without paying', async () => {
    const { page, id } = await openPage(false);
    await page.click('#back');
    await page.waitForURL(`${shopUrl}/back`);
    expect((await setup.stripe.checkout.sessions.retrieve(id)).status).toBe('open');
  });

  it('fits the screen and has no fault that axe finds', async () => {
    const { page } = await openPage(true);
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBe(360);
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
    const found = z
      .looseObject({ violations: z.array(z.looseObject({ id: z.string() })) })
      .parse(await page.evaluate('axe.run()'));
    expect(found.violations.map(({ id }) => id)).toEqual([]);
  });
});
