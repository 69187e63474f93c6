import type { ParamObject } from '../form.ts';
import { hasValidCheckDigit } from '../test-cards.ts';
import type { Typed } from './hosted-page.ts';

export interface CardForm {
  readonly typed: Typed;
  readonly cardNumber: string;
  readonly expiry: { readonly month: number; readonly year: number };
  /** What is wrong with it, for the buyer to read; null when nothing is. */
  readonly problem: string | null;
}

/** What the page's form holds, checked as the real page checks it before anything is charged. */
export function checkCardForm(posted: ParamObject, nowMs: number): CardForm {
  const text = (name: string): string => {
    const value = posted[name];
    return typeof value === 'string' ? value.trim() : '';
  };
  const typed: Typed = {
    email: text('email'),
    billingName: text('billingName'),
    billingCountry: text('billingCountry') || 'US',
    billingPostalCode: text('billingPostalCode'),
  };
  const [, month = '0', year = '0'] = /^(\d{1,2})\s*\/?\s*(?:20)?(\d{2})$/.exec(text('cardExpiry')) ?? [];
  const expiry = { month: Number(month), year: 2000 + Number(year) };
  const cardNumber = text('cardNumber');
  const problem = problemOf(typed, cardNumber, expiry, text('cardCvc'), new Date(nowMs));
  return { typed, cardNumber, expiry, problem };
}

function problemOf(
  typed: Typed,
  cardNumber: string,
  expiry: CardForm['expiry'],
  cvc: string,
  now: Date,
): string | null {
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(typed.email)) return 'Your email address is incomplete.';
  if (!hasValidCheckDigit(cardNumber)) return 'Your card number is invalid.';
  if (expiry.month < 1 || expiry.month > 12) return "Your card's expiration date is incomplete.";
  const thisMonth = now.getUTCFullYear() * 12 + now.getUTCMonth() + 1;
  if (expiry.year * 12 + expiry.month < thisMonth) return "Your card's expiration date is in the past.";
  if (!/^\d{3,4}$/.test(cvc)) return "Your card's security code is incomplete.";
  if (typed.billingName === '') return "Enter the cardholder's name.";
  return null;
}
