import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Db } from '../platform/mysql.ts';
import { onePer } from '../platform/one-per.ts';
import type { Resources } from '../resources.ts';
import type { EventRecord } from './event.ts';
import { unpackJson } from './layout.ts';
import { findSeatMapGzip } from './layout-store.ts';
import { eventNotFound } from './own-event.ts';

const CACHED_BYTES_MAX = 64 * 1024 * 1024;

/** A seat map as it goes over the wire; `etag` is strong, so it differs by encoding. */
export type EncodedSeatMap = {
  readonly body: Buffer;
  readonly etag: string;
  readonly encoding: 'gzip' | 'identity';
};

type Gzipped = { readonly body: Buffer; readonly hash: string };

const seatMaps = onePer(
  (db: Db) =>
    new LRUCache<string, Gzipped>({
      maxSize: CACHED_BYTES_MAX,
      sizeCalculation: ({ body }) => body.length,
      // Whoever waits for a map is given it, even if others have pushed it out meanwhile.
      ignoreFetchAbort: true,
      fetchMethod: async (key) => await readGzipped(db, key),
    }),
);

/**
 * The public seat map. It is compressed when it is stored, never when it is served: this process keeps the
 * compressed bytes, and MySQL is asked once for each version. Clients that take no gzip cost an unpacking.
 */
export async function readSeatMap(
  { db }: Pick<Resources, 'db'>,
  event: Pick<EventRecord, 'eventId' | 'seatMapVersion'>,
  takesGzip: boolean,
): Promise<EncodedSeatMap> {
  const gzipped = await seatMaps(db).fetch(`${event.eventId} ${event.seatMapVersion}`);
  if (gzipped === undefined) throw eventNotFound();
  if (takesGzip) return { body: gzipped.body, etag: `"${gzipped.hash}-gzip"`, encoding: 'gzip' };
  return { body: await unpackJson(gzipped.body), etag: `"${gzipped.hash}"`, encoding: 'identity' };
}

/** Whether an `Accept-Encoding` header takes gzip (RFC 9110, section 12.5.3). */
export function acceptsGzip(header: string | undefined): boolean {
  const codings = (header ?? '').split(',').map((coding) => coding.trim().toLowerCase());
  const named =
    codings.find((coding) => /^(x-)?gzip\b/.test(coding)) ?? codings.find((coding) => coding.startsWith('*'));
  return named !== undefined && !/;\s*q\s*=\s*0(\.0*)?$/.test(named);
}

async function readGzipped(db: Db, key: string): Promise<Gzipped | undefined> {
  const [eventId = ''] = key.split(' ');
  const body = await findSeatMapGzip(db, eventId);
  if (body === null) return undefined;
  return { body, hash: createHash('sha256').update(body).digest('base64url').slice(0, 22) };
}
