import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { onePer } from '../platform/one-per.ts';
import type { SeatStatuses } from './seat-status.ts';

const pack = promisify(gzip);

export type PackedSeats = { readonly json: string; readonly gzipped: Buffer };

const answers = onePer<SeatStatuses, { packed: Promise<PackedSeats> | null }>(() => ({ packed: null }));

/** The answer to who asks for all seats: written and packed once for each reading, however many ask. */
export async function packedSeats(eventId: string, statuses: SeatStatuses): Promise<PackedSeats> {
  const answer = answers(statuses);
  answer.packed ??= write(eventId, statuses);
  return answer.packed;
}

async function write(eventId: string, { letters, counts, version }: SeatStatuses): Promise<PackedSeats> {
  const json = JSON.stringify({ eventId, version, counts, seats: letters });
  return { json, gzipped: await pack(json) };
}
