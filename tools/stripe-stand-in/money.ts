import { invalidRequest } from './api-error.ts';

/** Smallest charges, in minor units (docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). */
const minimums: Readonly<Record<string, number>> = {
  usd: 50,
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
};
const otherCurrencies = [
  'ars',
  'cop',
  'clp',
  'idr',
  'ils',
  'krw',
  'php',
  'try',
  'twd',
  'uah',
  'vnd',
  'zar',
  'isk',
];
/** Currencies whose smallest unit is the whole one. */
const withoutDecimals = new Set(['jpy', 'krw', 'clp', 'vnd']);
const symbols: Readonly<Record<string, string>> = {
  usd: '$',
  eur: '€',
  gbp: '£',
  jpy: '¥',
  cad: '$',
  aud: '$',
  hkd: '$',
};
const amountMax = 99_999_999;

/** The currency in lower case; throws ApiError for one that Stripe does not take. */
export function requireCurrency(currency: string, param: string): string {
  const lower = currency.toLowerCase();
  if (lower in minimums || otherCurrencies.includes(lower)) return lower;
  const known = [...Object.keys(minimums), ...otherCurrencies].join(', ');
  throw invalidRequest(`Invalid currency: ${lower}. Stripe currently supports these currencies: ${known}`, {
    param,
  });
}

/** Throws ApiError `amount_too_small` or `amount_too_large`; zero is the caller's business. */
export function requireAmountInRange(amount: number, currency: string, what: 'session' | 'intent'): void {
  const minimum = minimums[currency] ?? 50;
  if (amount < minimum) {
    const least = `${formatAmount(minimum, currency)} ${currency}`;
    throw invalidRequest(
      what === 'session'
        ? `The Checkout Session's total amount due must add up to at least ${least}`
        : `Amount must be at least ${least}`,
      { code: 'amount_too_small', ...(what === 'intent' ? { param: 'amount' } : {}) },
    );
  }
  if (amount > amountMax) {
    throw invalidRequest(`Amount must be no more than ${formatAmount(amountMax, currency)}`, {
      code: 'amount_too_large',
      param: what === 'intent' ? 'amount' : 'line_items',
    });
  }
}

/** As people write it: `$12.50`, `kr` currencies without a symbol: `12.50`. */
export function formatAmount(amount: number, currency: string): string {
  const text = withoutDecimals.has(currency) ? String(amount) : (amount / 100).toFixed(2);
  return `${symbols[currency] ?? ''}${text.replace(/\B(?=(\d{3})+(?!\d))/g, ',')}`;
}
