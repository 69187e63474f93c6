import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BOOKING_TRANSITIONS } from '../src/bookings/booking.ts';
import { EVENT_TRANSITIONS } from '../src/events/event.ts';
import { CRASH_POINTS } from '../src/platform/crash-point.ts';
import { HOLD_TRANSITIONS } from '../src/holds/hold.ts';
import { PAYMENT_TRANSITIONS } from '../src/payments/payment.ts';
import { SEAT_TRANSITIONS } from '../src/seats/seat.ts';

const PAGE = new URL('../docs/ARCHITECTURE.md', import.meta.url);
const TABLES = {
  event: EVENT_TRANSITIONS,
  seat: SEAT_TRANSITIONS,
  hold: HOLD_TRANSITIONS,
  payment: PAYMENT_TRANSITIONS,
  booking: BOOKING_TRANSITIONS,
};

/** One line per state, as the tables in the code have it. */
function printed(): string {
  const lines = Object.entries(TABLES).flatMap(([noun, table]) => [
    noun,
    ...Object.entries(table).map(
      ([from, to]) => `  ${from.padEnd(11)}-> ${to.length === 0 ? '(final)' : to.join(' | ')}`,
    ),
    '',
  ]);
  return `<!-- states:begin -->\n\`\`\`\n${lines.join('\n').trimEnd()}\n\`\`\`\n<!-- states:end -->`;
}

describe('docs/ARCHITECTURE.md', () => {
  it('shows the states that the code has (UPDATE_DOCS=1 writes them)', () => {
    const page = readFileSync(PAGE, 'utf8');
    const block = /<!-- states:begin -->[^]*<!-- states:end -->/;
    if (process.env['UPDATE_DOCS'] === '1')
      writeFileSync(
        PAGE,
        page.replace(block, () => printed()),
      );
    expect(readFileSync(PAGE, 'utf8')).toContain(printed());
  });
});

describe('docs/failures.md', () => {
  it('says of every crash point, in their order, what it leaves, who mends it, how soon, and how soon it was seen mended', () => {
    const page = readFileSync(new URL('../docs/failures.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+\.[a-z-]+)` \|(?: [^|]+ \|){4}$/gm)];
    expect(rows.map(([, point]) => point)).toEqual([...CRASH_POINTS]);
  });
});
