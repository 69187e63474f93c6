import { record, text } from './read.ts';
import { request } from './request.ts';

/** The seat map as it came: read by `seat-map/seat-model.ts`, which turns 20,000 seats into a few arrays. */
export async function getSeatMap(eventId: string, signal?: AbortSignal): Promise<unknown> {
  return (await request(`/api/events/${eventId}/seat-map`, { signal })).body;
}

export type SeatLetters = { readonly letters: string; readonly sentAt: number };

/** One letter for each seat in the order of ids: `a` available, `l` locked, `b` booked. */
export async function getSeatLetters(eventId: string, signal?: AbortSignal): Promise<SeatLetters> {
  const reply = await request(`/api/events/${eventId}/seats`, { signal });
  return { letters: text(record(reply.body, 'seats')['seats'], 'seats.seats'), sentAt: reply.sentAt };
}
