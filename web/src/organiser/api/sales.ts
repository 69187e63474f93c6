import {
  UnexpectedAnswer,
  listOf,
  number,
  oneOf,
  orNull,
  pageOf,
  record,
  shape,
  text,
} from '../../api/read.ts';
import { requestAsUser } from '../../api/session.ts';

const counts = { free: number, held: number, checkout: number, sold: number, blocked: number };
const readSales = shape({
  at: text,
  currency: text,
  seats: shape({ total: number, ...counts }),
  revenue: shape({ gross: number, refunded: number, net: number, booked: number }),
  tiers: listOf(
    shape({ id: number, name: text, color: text, price: number, total: number, ...counts, revenue: number }),
  ),
  holdsPerSecond: number,
  refusalsPerSecond: number,
  soldPerMinute: number,
  queueDepth: number,
  sellsOutInSeconds: orNull(number),
});
const readHistory = shape({
  from: text,
  to: text,
  points: listOf(shape({ at: text, sold: number, held: number, revenue: number })),
});
const readPerson = shape({ name: orNull(text), email: orNull(text) });
const readStory = shape({
  seat: shape({ id: number, section: text, row: text, label: text }),
  state: text,
  entries: listOf(shape({ at: text, reason: text, words: text, by: orNull(readPerson) })),
});
const readBookings = pageOf(
  shape({
    id: text,
    seat: shape({ section: text, row: text, label: text, tierName: text }),
    buyer: readPerson,
    amount: number,
    currency: text,
    status: oneOf('confirmed', 'cancelled', 'transferred'),
    confirmedAt: text,
  }),
);

export type Sales = ReturnType<typeof readSales>;
export type SalesHistory = ReturnType<typeof readHistory>;
export type SeatStory = ReturnType<typeof readStory>;
export type SoldBookingPage = ReturnType<typeof readBookings>;

const ofEvent = (eventId: string) => `/api/admin/events/${eventId}`;

export async function getSales(eventId: string, signal?: AbortSignal): Promise<Sales> {
  return readSales((await requestAsUser(`${ofEvent(eventId)}/sales`, { signal })).body, 'sales');
}

/** `from` null: since the sale began. */
export async function getSalesHistory(
  eventId: string,
  { from, step }: { from: string | null; step: number | null },
  signal?: AbortSignal,
): Promise<SalesHistory> {
  const query = new URLSearchParams();
  if (from !== null) query.set('from', from);
  if (step !== null) query.set('step', String(step));
  const reply = await requestAsUser(`${ofEvent(eventId)}/sales/history?${query}`, { signal });
  return readHistory(reply.body, 'history');
}

export async function getSeatStory(
  eventId: string,
  seatId: number,
  signal?: AbortSignal,
): Promise<SeatStory> {
  const reply = await requestAsUser(`${ofEvent(eventId)}/seats/${seatId}/log`, { signal });
  return readStory(reply.body, 'story');
}

export async function listSoldBookings(
  eventId: string,
  page: number,
  limit: number,
  signal?: AbortSignal,
): Promise<SoldBookingPage> {
  const reply = await requestAsUser(`${ofEvent(eventId)}/bookings?page=${page}&limit=${limit}`, { signal });
  return readBookings(reply.body, 'bookings');
}

/** All bookings as a file for a spreadsheet. */
export async function getBookingsCsv(eventId: string): Promise<Blob> {
  const { body } = await requestAsUser(`${ofEvent(eventId)}/bookings.csv?bom=true`, { as: 'blob' });
  if (body instanceof Blob) return body;
  throw new UnexpectedAnswer('bookings.csv is not a file');
}

/** One letter for each seat, of a draft too. */
export async function getOwnSeatLetters(
  eventId: string,
  signal?: AbortSignal,
): Promise<{ letters: string; sentAt: number }> {
  const reply = await requestAsUser(`${ofEvent(eventId)}/seats`, { signal });
  return { letters: text(record(reply.body, 'seats')['seats'], 'seats.seats'), sentAt: reply.sentAt };
}

export async function getOwnSeatMap(eventId: string, signal?: AbortSignal): Promise<unknown> {
  return (await requestAsUser(`${ofEvent(eventId)}/seat-map`, { signal })).body;
}

/** Which seats changed. @throws ApiProblem `seats_not_free` with the seats that are someone's. */
export async function blockSeats(
  eventId: string,
  verb: 'block' | 'unblock',
  seatIds: readonly number[],
): Promise<number[]> {
  const reply = await requestAsUser(`${ofEvent(eventId)}/seats/${verb}`, {
    method: 'POST',
    body: { seatIds },
    repeatable: true,
  });
  return listOf(number)(record(reply.body, 'blocked')['seatIds'], 'blocked.seatIds');
}
