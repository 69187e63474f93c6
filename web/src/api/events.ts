import { number, oneOf, orNull, pageOf, shape, text } from './read.ts';
import { request } from './request.ts';

/** What the list and the page of an event have in common. */
export const readEvent = shape({
  id: text,
  name: text,
  date: text,
  timeZone: text,
  venueName: text,
  description: orNull(text),
  currency: text,
  sale: oneOf('draft', 'not_yet', 'open', 'over', 'cancelled'),
  saleOpensAt: orNull(text),
  seatsAvailable: number,
  fromPrice: number,
});
const readEvents = pageOf(readEvent);

export type BoxOfficeEvent = ReturnType<typeof readEvent>;
export type EventPage = ReturnType<typeof readEvents>;

export async function listEvents(
  { page, limit, search }: { page: number; limit: number; search: string },
  signal?: AbortSignal,
): Promise<EventPage> {
  const query = new URLSearchParams({ page: String(page), limit: String(limit) });
  if (search !== '') query.set('search', search);
  return readEvents((await request(`/api/events?${query}`, { signal })).body, 'events');
}

export async function getEvent(eventId: string, signal?: AbortSignal): Promise<BoxOfficeEvent> {
  return readEvent((await request(`/api/events/${eventId}`, { signal })).body, 'event');
}
