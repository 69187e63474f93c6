import { messages } from '../messages/messages.ts';

const formats = new Map<string, Intl.NumberFormat>();

/** Minor units of a currency as people write them: 4500, EUR is €45.00. */
export function money(amount: number, currency: string): string {
  let format = formats.get(currency);
  if (format === undefined) {
    format = new Intl.NumberFormat(messages.locale, { style: 'currency', currency });
    formats.set(currency, format);
  }
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}

/** A moment as the clocks at the venue show it, whatever the buyer's own say. */
export function dateAtVenue(iso: string, timeZone: string): string {
  return new Intl.DateTimeFormat(messages.locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(new Date(iso));
}

/** The day and the month alone, for a calendar leaf. */
export function dayAtVenue(iso: string, timeZone: string): { day: string; month: string } {
  const date = new Date(iso);
  return {
    day: new Intl.DateTimeFormat(messages.locale, { day: 'numeric', timeZone }).format(date),
    month: new Intl.DateTimeFormat(messages.locale, { month: 'short', timeZone }).format(date),
  };
}

/** 83,000 is 1:23. Never below 0:00. */
export function minutesSeconds(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return messages.time.minutesSeconds(Math.floor(seconds / 60), seconds % 60);
}
