import type { SeatChange } from '../seats/seat.ts';
import type { StreamId } from './stream-id.ts';

/** How long a browser waits before it connects again. */
const RETRY_MS = 2_000;

/**
 * Frames of an event stream (HTML standard, section "Server-sent events"). Each is made once for all viewers of an
 * event and written to all as the same bytes.
 */
export const HEARTBEAT_FRAME = Buffer.from(': keep-alive\n\n');

/** The first frame. An `id` without data fires nothing in the browser, but is what it resumes from. */
export function helloFrame(id: StreamId | null): Buffer {
  return Buffer.from(`retry: ${RETRY_MS}\n${idLine(id)}\n`);
}

/** What became of seats; each seat once. */
export function seatsFrame(id: StreamId, changes: readonly SeatChange[]): Buffer {
  return Buffer.from(`${idLine(id)}event: seats\ndata: ${JSON.stringify({ changes })}\n\n`);
}

/** "What you know may be behind: fetch all the seats again." */
export function resetFrame(id: StreamId | null): Buffer {
  return Buffer.from(`${idLine(id)}event: reset\ndata: {}\n\n`);
}

function idLine(id: StreamId | null): string {
  return id === null ? '' : `id: ${id}\n`;
}
