import { randomFillSync } from 'node:crypto';

/** A UUID (RFC 9562) in lower case. */
export type Id<Brand extends string = string> = string & { readonly __brand?: Brand };
export type EventId = Id<'event'>;
export type UserId = Id<'user'>;
export type PaymentId = Id<'payment'>;
export type BookingId = Id<'booking'>;
/** A seat's number within its event, from 1. */
export type SeatId = number;

export const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const RANDOM_POOL_BYTES = 8192;
const pool = Buffer.allocUnsafe(RANDOM_POOL_BYTES);
let used = RANDOM_POOL_BYTES;

/**
 * A new UUIDv7 (RFC 9562, section 5.7): sorts by the millisecond in which it was made, and needs no coordination.
 * The random bits are drawn in bulk, since one system call per id shows on the hot path.
 */
export function newId<Brand extends string>(atMs: number = Date.now()): Id<Brand> {
  if (used + 10 > RANDOM_POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeUIntBE(atMs, 0, 6);
  pool.copy(bytes, 6, used, used + 10);
  used += 10;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return fromBytes(bytes);
}

/** The 16 bytes in which the database keeps an id. */
export function toBytes(id: string): Buffer {
  return Buffer.from(toHex(id), 'hex');
}

/** The 32 digits from which the database's UNHEX makes the same bytes: for ids within a document. */
export function toHex(id: string): string {
  return id.replaceAll('-', '');
}

/** The id that 16 bytes of the database stand for. */
export function fromBytes<Brand extends string>(bytes: Buffer): Id<Brand> {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
