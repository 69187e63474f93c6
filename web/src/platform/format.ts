import { messages } from '../messages/messages.ts';

/** Making a format takes far longer than using it. */
const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

/** Minor units of a currency as people write them: 4500, EUR is €45.00. */
export function money(amount: number, currency: string): string {
  const format = numberFormat({ style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}

/** 20,000. */
export function count(value: number): string {
  return numberFormat({}).format(value);
}

/** A rate with one digit, while it is small. */
export function rate(value: number): string {
  return numberFormat({ maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

/** How much of the whole, in full percent; 100% only when it is all. */
export function percent(part: number, whole: number): string {
  const hundredths = whole <= 0 ? 0 : Math.floor((part / whole) * 100);
  return numberFormat({ style: 'percent' }).format(hundredths / 100);
}

/** A number as it is typed into a field: 1234.50, without a sign between thousands. */
export function decimal(value: number, digits: number): string {
  return numberFormat({
    useGrouping: false,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

/** A moment as the clocks at the venue show it, whatever the buyer's own say. */
export function dateAtVenue(iso: string, timeZone: string): string {
  return dateFormat({
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
  const parts = dateFormat({ day: 'numeric', month: 'short', timeZone }).formatToParts(new Date(iso));
  const part = (wanted: string) => parts.find(({ type }) => type === wanted)?.value ?? '';
  return { day: part('day'), month: part('month') };
}

type Length = 'short' | 'medium';

/** A moment, ISO or in milliseconds, on the clocks of whoever looks. */
export function moment(at: string | number, dateStyle: Length, timeStyle: Length): string {
  return dateFormat({ dateStyle, timeStyle }).format(new Date(at));
}

const DAY_SECONDS = 24 * 60 * 60;
const MINUTES_FEW_SECONDS = 5 * 60;

/** A mark of a scale that spans so much time: a clock time within a day or two, a day beyond. */
export function clockOrDay(atMs: number, spanSeconds: number): string {
  const format: Intl.DateTimeFormatOptions =
    spanSeconds > 2 * DAY_SECONDS
      ? { day: 'numeric', month: 'short' }
      : {
          hour: '2-digit',
          minute: '2-digit',
          ...(spanSeconds < MINUTES_FEW_SECONDS ? { second: '2-digit' } : {}),
        };
  return dateFormat(format).format(atMs);
}

/** 83,000 is 1:23. Never below 0:00. */
export function minutesSeconds(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return messages.time.minutesSeconds(Math.floor(seconds / 60), seconds % 60);
}

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return kept(numberFormats, options, () => new Intl.NumberFormat(messages.locale, options));
}

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(dateFormats, options, () => new Intl.DateTimeFormat(messages.locale, options));
}

function kept<Format>(formats: Map<string, Format>, options: object, make: () => Format): Format {
  const key = JSON.stringify(options);
  const known = formats.get(key);
  if (known !== undefined) return known;
  const format = make();
  formats.set(key, format);
  return format;
}
