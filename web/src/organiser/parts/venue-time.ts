/** What a `datetime-local` input shows for a moment: the time on the clocks of a zone. Empty for none. */
export function localOf(iso: string | null, timeZone: string): string {
  if (iso === null) return '';
  const parts = partsOf(new Date(iso), timeZone);
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/**
 * The moment at which the clocks of a zone show this time, as `2026-05-01T20:00`. null when they never do: in the hour that
 * is left out when clocks go forward. Of the two moments in the hour that comes twice, the first.
 */
export function isoOf(local: string, timeZone: string): string | null {
  const asIfUtc = Date.parse(`${local}:00Z`);
  if (Number.isNaN(asIfUtc)) return null;
  // The zone is at one of the offsets that it has a day before and a day after.
  const offsets = [asIfUtc - DAY_MS, asIfUtc + DAY_MS].map((ms) => offsetMs(ms, timeZone));
  const moments = offsets.map((offset) => asIfUtc - offset).toSorted((a, b) => a - b);
  const found = moments.find((ms) => localOf(new Date(ms).toISOString(), timeZone) === local);
  return found === undefined ? null : new Date(found).toISOString();
}

export function isTimeZone(name: string): boolean {
  try {
    return name.trim() !== '' && new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;

function offsetMs(ms: number, timeZone: string): number {
  const { year, month, day, hour, minute } = partsOf(new Date(ms), timeZone);
  const shown = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  return shown - Math.floor(ms / 60_000) * 60_000;
}

function partsOf(date: Date, timeZone: string) {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const parts = new Map<string, string>(format.formatToParts(date).map(({ type, value }) => [type, value]));
  const part = (name: string) => parts.get(name) ?? '00';
  return {
    year: part('year').padStart(4, '0'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
  };
}
