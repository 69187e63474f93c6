import { formatAmount } from '../money.ts';
import type { SessionRecord } from '../records.ts';
import { escapeHtml, page } from './html.ts';

/** What the buyer typed, shown again after a refusal; never the card. */
export interface Typed {
  readonly email: string;
  readonly billingName: string;
  readonly billingCountry: string;
  readonly billingPostalCode: string;
}

/** The page on which an open session is paid. Field ids are those of Stripe's real page. */
export function payPage(session: SessionRecord, typed: Typed, problem: string | null): string {
  const total = formatAmount(session.amountTotal, session.currency);
  return page(
    `Pay ${total} ${session.currency.toUpperCase()}`,
    `${backLink(session)}
<h1>Pay</h1>
<p class="total">${escapeHtml(total)} ${escapeHtml(session.currency.toUpperCase())}</p>
${lineTable(session)}
${problem === null ? '' : `<p class="error" role="alert" id="problem">${escapeHtml(problem)}</p>`}
<form method="post" action="/c/pay/${escapeHtml(session.id)}" autocomplete="on">
${field('email', 'Email', session.customerEmail ?? typed.email, 'type="email" autocomplete="email" required')}
${field('cardNumber', 'Card number', '', 'inputmode="numeric" autocomplete="cc-number" placeholder="4242 4242 4242 4242" required')}
<div class="pair"><div>
${field('cardExpiry', 'Expiry (MM / YY)', '', 'inputmode="numeric" autocomplete="cc-exp" placeholder="12 / 34" required')}
</div><div>
${field('cardCvc', 'Security code', '', 'inputmode="numeric" autocomplete="cc-csc" placeholder="123" required')}
</div></div>
${field('billingName', 'Name on card', typed.billingName, 'autocomplete="cc-name" required')}
<div class="pair"><div>
<label for="billingCountry">Country</label>
<select id="billingCountry" name="billingCountry" autocomplete="country">${countryOptions(typed.billingCountry)}</select>
</div><div>
${field('billingPostalCode', 'Postal code', typed.billingPostalCode, 'autocomplete="postal-code"')}
</div></div>
<button type="submit" data-testid="hosted-payment-submit-button">Pay ${escapeHtml(total)}</button>
</form>
${testCardHelp}`,
  );
}

/** The step that a bank would ask for: 3D Secure. */
export function authenticationPage(session: SessionRecord): string {
  const total = formatAmount(session.amountTotal, session.currency);
  return page(
    'Authenticate the payment',
    `<h1>Your bank asks: is it you?</h1>
<p>This test card needs 3D Secure. Pay ${escapeHtml(total)} ${escapeHtml(session.currency.toUpperCase())}?</p>
<form method="post" action="/c/pay/${escapeHtml(session.id)}/authenticate">
<button type="submit" name="outcome" value="complete" id="test-source-authorize-3ds">Complete</button>
<button type="submit" name="outcome" value="fail" id="test-source-fail-3ds" class="plain">Fail</button>
</form>`,
  );
}

/** For a session that can't be paid any more. */
export function closedPage(session: SessionRecord): string {
  if (session.status === 'complete') {
    return page(
      'Already paid',
      `<h1>This payment is complete</h1>
<p>There is nothing more to pay here.</p>
<p><a href="${escapeHtml(successUrlOf(session))}">Continue</a></p>`,
    );
  }
  return page(
    'Expired',
    `<h1>This checkout page has expired</h1>
<p>You have not been charged. Go back to the shop to try again.</p>
${backLink(session)}`,
  );
}

export function missingPage(): string {
  return page('Not found', '<h1>There is no such checkout page</h1><p>Go back to the shop to try again.</p>');
}

/** Where a buyer who has paid is sent, told the session's id where the shop asked for it. */
export function successUrlOf(session: SessionRecord): string {
  return session.successUrl.replaceAll('{CHECKOUT_SESSION_ID}', session.id);
}

function backLink(session: SessionRecord): string {
  if (session.cancelUrl === null) return '';
  const url = session.cancelUrl.replaceAll('{CHECKOUT_SESSION_ID}', session.id);
  return `<p><a id="back" href="${escapeHtml(url)}" data-testid="business-link">&larr; Back</a></p>`;
}

function lineTable(session: SessionRecord): string {
  const rows = session.lineItems.map(({ name, quantity, price }) => {
    const amount = formatAmount(price.unitAmount * quantity, price.currency);
    const count = quantity === 1 ? '' : ` &times; ${quantity}`;
    return `<tr><td>${escapeHtml(name)}${count}</td><td>${escapeHtml(amount)}</td></tr>`;
  });
  return `<table aria-label="What you pay for">${rows.join('')}</table>`;
}

function field(name: string, label: string, value: string, attributes: string): string {
  return `<label for="${name}">${label}</label>
<input id="${name}" name="${name}" value="${escapeHtml(value)}" ${attributes}>`;
}

const countries = {
  AT: 'Austria',
  AU: 'Australia',
  BE: 'Belgium',
  BR: 'Brazil',
  CA: 'Canada',
  CH: 'Switzerland',
  CZ: 'Czechia',
  DE: 'Germany',
  DK: 'Denmark',
  ES: 'Spain',
  FI: 'Finland',
  FR: 'France',
  GB: 'United Kingdom',
  IE: 'Ireland',
  IN: 'India',
  IT: 'Italy',
  JP: 'Japan',
  MX: 'Mexico',
  NL: 'Netherlands',
  NO: 'Norway',
  NZ: 'New Zealand',
  PL: 'Poland',
  PT: 'Portugal',
  SE: 'Sweden',
  US: 'United States',
};

function countryOptions(chosen: string): string {
  return Object.entries(countries)
    .map(([code, name]) => `<option value="${code}"${code === chosen ? ' selected' : ''}>${name}</option>`)
    .join('');
}

const testCardHelp = `<details>
<summary>Test cards</summary>
<p>Any future expiry and any security code.</p>
<table aria-label="Test cards">
<tr><td><code>4242 4242 4242 4242</code></td><td>pays</td></tr>
<tr><td><code>4000 0000 0000 0002</code></td><td>is declined</td></tr>
<tr><td><code>4000 0000 0000 9995</code></td><td>insufficient funds</td></tr>
<tr><td><code>4000 0025 0000 3155</code></td><td>asks for 3D Secure</td></tr>
<tr><td><code>4000 0000 0000 0259</code></td><td>pays, then disputed</td></tr>
<tr><td><code>4000 0000 0000 5126</code></td><td>pays, a refund fails</td></tr>
<tr><td><code>4000 0000 0000 7726</code></td><td>pays, refunds late</td></tr>
</table>
</details>`;
