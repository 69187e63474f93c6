import { texts } from '../texts/texts.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** About how long, in one unit. */
export function inWords(seconds: number): string {
  const { duration } = texts;
  if (seconds < 2 * MINUTE) return duration.seconds(Math.round(seconds));
  if (seconds < 2 * HOUR) return duration.minutes(Math.round(seconds / MINUTE));
  if (seconds < 2 * DAY) return duration.hours(Math.round(seconds / HOUR));
  return duration.days(Math.round(seconds / DAY));
}
