import type { HttpCaller } from './http-caller.ts';

/** The seats as the crowd sees them: one look for all who look at about the same time, as their live maps would show. */
export type SeatView = {
  look(): Promise<{
    readonly available: readonly number[];
    readonly locked: number;
    readonly booked: number;
  }>;
};

const LOOK_EVERY_MS = 200;

export function openSeatView(http: HttpCaller, eventId: string): SeatView {
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let looking: ReturnType<SeatView['look']> | undefined;
  return {
    look() {
      if (looking === undefined || performance.now() - lookedAtMs > LOOK_EVERY_MS) {
        lookedAtMs = performance.now();
        looking = fetchSeats(http, eventId);
      }
      return looking;
    },
  };
}

async function fetchSeats(http: HttpCaller, eventId: string) {
  const { status, body } = await http.call('GET', `/api/events/${eventId}/seats`);
  if (status !== 200) throw new Error(`The seats can't be seen: ${status} ${JSON.stringify(body)}`);
  const letters = String(body.seats);
  const available: number[] = [];
  for (let index = 0; index < letters.length; index += 1)
    if (letters[index] === 'a') available.push(index + 1);
  return { available, locked: Number(body.counts.locked), booked: Number(body.counts.booked) };
}
