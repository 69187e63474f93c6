import { messages } from '../../messages/messages.ts';

const MINOR_UNITS_MAX = 99_999_999;

/** Minor units as people type them: 4500, EUR is 45.00. */
export function typedAmount(minorUnits: number, currency: string): string {
  const digits = digitsOf(currency);
  return (minorUnits / 10 ** digits).toFixed(digits);
}

/** What was typed, in minor units; null when it is no price above 0. Point and comma are the same. */
export function readAmount(typed: string, currency: string): number | null {
  const digits = digitsOf(currency);
  const match = /^(\d{1,8})(?:[.,](\d+))?$/.exec(typed.trim());
  if (match === null || (match[2]?.length ?? 0) > digits) return null;
  const minorUnits = Number(match[1]) * 10 ** digits + Number((match[2] ?? '').padEnd(digits, '0'));
  return minorUnits > 0 && minorUnits <= MINOR_UNITS_MAX ? minorUnits : null;
}

/** 20,000 as the language writes it. */
export function count(value: number): string {
  return new Intl.NumberFormat(messages.lang).format(value);
}

/** A rate with one digit, while it is small. */
export function rate(value: number): string {
  return new Intl.NumberFormat(messages.lang, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

function digitsOf(currency: string): number {
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  );
}
