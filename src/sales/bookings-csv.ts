import type { DbOrTx } from '../platform/mysql.ts';
import { type SoldBooking, listBookingsAfter } from './bookings-store.ts';

const ROWS_PER_PIECE = 1_000;
/** Tells Excel that the file is UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF';
const COLUMNS = [
  'booking',
  'status',
  'section',
  'row',
  'seat',
  'tier',
  'price',
  'currency',
  'buyer name',
  'buyer email',
  'confirmed at',
  'cancelled at',
  'payment',
] as const;

/** An event's bookings as CSV (RFC 4180), piece by piece: never more than one piece is in memory. Times are UTC. */
export async function* bookingsCsv(
  db: DbOrTx,
  { eventId, withByteOrderMark }: { eventId: string; withByteOrderMark: boolean },
): AsyncGenerator<string> {
  yield (withByteOrderMark ? BYTE_ORDER_MARK : '') + csvLine(COLUMNS);
  let after: string | null = null;
  for (;;) {
    const piece: SoldBooking[] = await listBookingsAfter(db, { eventId, after, limit: ROWS_PER_PIECE });
    if (piece.length > 0) yield piece.map((booking) => csvLine(cellsOf(booking))).join('');
    after = piece.at(-1)?.id ?? null;
    if (piece.length < ROWS_PER_PIECE) return;
  }
}

/**
 * One line with its end. A text that a spreadsheet would take for a formula begins with an apostrophe instead: a buyer
 * chooses their own name, and it must not run on the organiser's machine.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(text: string): string {
  const safe = /^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function cellsOf({ id, status, seat, buyer, ...booking }: SoldBooking): string[] {
  return [
    id,
    status,
    seat.section,
    seat.row,
    seat.label,
    seat.tierName,
    inMajorUnits(booking.amount, booking.currency),
    booking.currency,
    buyer.name ?? '',
    buyer.email ?? '',
    booking.confirmedAt.toISOString(),
    booking.cancelledAt?.toISOString() ?? '',
    booking.paymentId ?? '',
  ];
}

/** 4500, EUR is 45.00; 4500, JPY is 4500. */
function inMajorUnits(amount: number, currency: string): string {
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return (amount / 10 ** digits).toFixed(digits);
}
