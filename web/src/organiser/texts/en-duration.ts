import { countedIn } from '../../messages/counted.ts';

const counted = countedIn('en-GB');

/** About how long, in English. */
export const durationEn = {
  seconds: (count: number) => `${count} s`,
  minutes: (count: number) => `${count} min`,
  hours: (count: number) => `${count} h`,
  days: (count: number) => counted(count, { one: '# day', other: '# days' }),
};
