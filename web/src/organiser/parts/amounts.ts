import { decimal } from '../../platform/format.ts';

const MINOR_UNITS_MAX = 99_999_999;

/** Minor units as people type them: 4500, EUR is 45.00, or 45,00 where that is the custom. */
export function typedAmount(minorUnits: number, currency: string): string {
  const digits = digitsOf(currency);
  return decimal(minorUnits / 10 ** digits, digits);
}

/** What was typed, in minor units; null when it is no price above 0. Point and comma are the same. */
export function readAmount(typed: string, currency: string): number | null {
  const digits = digitsOf(currency);
  const match = /^(\d{1,8})(?:[.,](\d+))?$/.exec(typed.trim());
  if (match === null || (match[2]?.length ?? 0) > digits) return null;
  const minorUnits = Number(match[1]) * 10 ** digits + Number((match[2] ?? '').padEnd(digits, '0'));
  return minorUnits > 0 && minorUnits <= MINOR_UNITS_MAX ? minorUnits : null;
}

function digitsOf(currency: string): number {
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  );
}
