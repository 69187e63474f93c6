/** The id of a Redis stream's entry, `<ms>-<n>`: what a viewer resumes from. */
export type StreamId = string;

/** The id before all entries: that of a stream in which nothing was written yet. */
export const STREAM_START: StreamId = '0-0';

/** Both parts fit in 64 bits; their lengths are limited before anything is made of them. */
const STREAM_ID_PATTERN = /^\d{1,20}-\d{1,20}$/;

export function isStreamId(text: string): boolean {
  return STREAM_ID_PATTERN.test(text);
}

/** Whether `a` was written after `b`. */
export function isAfter(a: StreamId, b: StreamId): boolean {
  const [aMs, aNo] = partsOf(a);
  const [bMs, bNo] = partsOf(b);
  return aMs > bMs || (aMs === bMs && aNo > bNo);
}

/** The id that an entry written so many milliseconds before `id` could have had at the earliest. */
export function msBefore(id: StreamId, ms: number): StreamId {
  const [atMs] = partsOf(id);
  const earlier = atMs - BigInt(ms);
  return `${earlier > 0n ? earlier : 0n}-0`;
}

function partsOf(id: StreamId): [ms: bigint, no: bigint] {
  const [ms = '0', no = '0'] = id.split('-');
  return [BigInt(ms), BigInt(no)];
}
