import { Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import type { SeatId } from '../platform/id.ts';
import type { NamedSeat } from '../seats/named-seat-store.ts';
import { SALES_PROBLEMS } from './problems.ts';
import { type SeatLogRow, findSeat, listSeatLog } from './seat-story-store.ts';

export type SeatStory = {
  readonly seat: NamedSeat;
  readonly state: string;
  readonly entries: readonly (SeatLogRow & { readonly words: string })[];
};

/** All that happened to a seat, newest first, each in words. @throws Problem `seat_not_found` */
export async function readSeatStory(
  { db }: Pick<Resources, 'db'>,
  { eventId, seatId }: { eventId: string; seatId: SeatId },
): Promise<SeatStory> {
  const found = await findSeat(db, eventId, seatId);
  if (found === null)
    throw new Problem(SALES_PROBLEMS.seat_not_found, `The event has no seat ${seatId}: see its seat map.`);
  const entries = await listSeatLog(db, eventId, seatId);
  return { ...found, entries: entries.map((entry) => ({ ...entry, words: wordsOf(entry) })) };
}

const WORDS: Readonly<Record<string, string | undefined>> = {
  selected: 'Selected: held for the buyer.',
  taken_over: 'Selected: the hold before had run out and was not yet freed.',
  released: 'Given back by the buyer.',
  expired: 'The time of the hold was over: free again.',
  paid: 'Paid: sold.',
  paid_late: 'Paid after the hold was over, and still free: taken again for the buyer.',
  buyer_cancelled: 'The buyer cancelled the booking: free again, and refunded.',
  event_cancelled: 'The event was called off.',
  payment_mismatch: 'The payment did not match what was asked: free again, and refunded.',
  orphaned: 'Its hold was over or unknown: freed by the cleanup.',
  blocked: 'Taken off sale by the organiser.',
  unblocked: 'Put back on sale by the organiser.',
};

function wordsOf({ reason, from, to }: SeatLogRow): string {
  return WORDS[reason] ?? `From ${from} to ${to} (${reason}).`;
}
