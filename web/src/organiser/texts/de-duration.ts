import { countedIn } from '../../messages/counted.ts';
import type { durationEn } from './en-duration.ts';

const counted = countedIn('de-DE');

/** About how long, in German. */
export const durationDe: typeof durationEn = {
  seconds: (count) => `${count} Sek.`,
  minutes: (count) => `${count} Min.`,
  hours: (count) => `${count} Std.`,
  days: (count) => counted(count, { one: '# Tag', other: '# Tagen' }),
};
