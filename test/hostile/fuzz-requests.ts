import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Sent } from './ask.ts';
import type { Draws } from './draws.ts';
import { hostileText, hostileValue, spoilt, valueOf } from './fuzz-values.ts';
import { type Api, type ApiOperation, pathOf } from './operations.ts';

export type FuzzedRequest = Sent & { readonly operation: ApiOperation; readonly isAsDocumented: boolean };

/** What the requests are made with: ids of what there is by the parameter that names it, and tokens, good and bad. */
export type FuzzWorld = {
  readonly api: Api;
  readonly ids: Readonly<Record<string, readonly string[]>>;
  readonly tokens: readonly (string | null)[];
  /** Those that may be signed out; the others go on. */
  readonly spareTokens: readonly string[];
};

const OTHER_METHODS = [
  'HEAD',
  'OPTIONS',
  'GET',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'TRACE',
  'PROPFIND',
  'QUERY',
];

/** A request to the operation: mostly well-formed HTTP with something wrong, or at its bounds, in it. */
export function fuzzedRequest(world: FuzzWorld, operation: ApiOperation, draws: Draws): FuzzedRequest {
  const method = draws.onceIn(12) ? draws.pick(OTHER_METHODS) : operation.method;
  const content = contentFor(world, operation, draws);
  // Another method may be another operation, with answers of its own.
  const meant = world.api.operations.find((one) => one.path === operation.path && one.method === method);
  return {
    operation: meant ?? operation,
    isAsDocumented: meant !== undefined,
    method,
    path: pathFor(world, operation, draws) + queryFor(operation, draws),
    headers: { ...headersFor(world, operation, draws), ...content.headers },
    body: content.body,
  };
}

function pathFor(world: FuzzWorld, operation: ApiOperation, draws: Draws): string {
  const params = operation.pathParams.map((name) => [name, pathPart(world, name, draws)]);
  return pathOf(operation, Object.fromEntries(params));
}

const SEAT_IDS = ['1', '2', '0', '5', '4294967295', '99999999999', '1.0', '٣'];
const ODD_PARTS = [
  '%00',
  '%ff',
  '%',
  '%zz',
  '..',
  '%2e%2e%2f',
  '.',
  '',
  '/',
  '%0d%0aset-cookie:a=b',
  '00000000-0000-0000-0000-000000000000',
  'x'.repeat(9_000),
];

function pathPart({ ids }: FuzzWorld, name: string, draws: Draws): string {
  const every = Object.values(ids).flat();
  const fitting = name === 'seatId' ? SEAT_IDS.map(encodeURIComponent) : (ids[name] ?? every);
  return draws.oneOf(
    [24, () => draws.pick(fitting)],
    [2, () => draws.pick(every)],
    [1, () => draws.pick(ODD_PARTS)],
    [1, () => draws.pick([draws.pick(every).toUpperCase(), `${draws.pick(every)}%0a`])],
    [2, () => encoded(hostileText(draws))],
  );
}

const LIKELY = ['1', '100', '-1', '1e9', 'true', 'asc', 'name', 'cleanup', 'failed', '2030-06-01T00:00:00Z'];

function queryFor(operation: ApiOperation, draws: Draws): string {
  const names = [
    ...operation.queryParams,
    'access_token',
    '__proto__',
    'constructor[prototype][a]',
    'page[]',
  ];
  const one = () => {
    const value = draws.onceIn(2) ? draws.pick(LIKELY) : encoded(hostileText(draws));
    return `${encoded(draws.pick(names))}=${value}`;
  };
  return draws.oneOf(
    [operation.queryParams.length > 0 ? 2 : 6, () => ''],
    [2, () => `?${Array.from({ length: draws.nat(4) }, one).join('&')}`],
    [1, () => draws.pick(['?', '?&&==', '?%', '?%ff=%fe', `?${'a=1&'.repeat(1_500)}`])],
  );
}

/** Halves of characters can not be written in UTF-8: they go out as the bytes that stand for them in WTF-8. */
function encoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80';
}

const ODD_HEADERS: readonly (readonly [string, string])[] = [
  ['idempotency-key', 'a'],
  ['idempotency-key', 'k'.repeat(192)],
  ['idempotency-key', 'with a space'],
  ['idempotency-key', 'h\u00E9'],
  ['idempotency-key', ''],
  ['prefer', 'respond-async'],
  ['prefer', 'wait=1e9, respond-async;x=","'],
  ['accept', 'application/xml'],
  ['accept-encoding', 'gzip;q=0, *;q=1, br;q=nonsense'],
  ['accept-encoding', 'gzip, deflate, br, zstd'],
  ['if-none-match', '*'],
  ['if-none-match', 'W/"x", "'],
  ['range', 'bytes=0-1,5-2,-99999999999'],
  ['last-event-id', '18446744073709551615-18446744073709551615'],
  ['last-event-id', '99999999999999999999-1'],
  ['last-event-id', '0-0\u00FF'],
  ['origin', 'null'],
  ['origin', 'https://evil.example'],
  ['cookie', 'holdfast_refresh=%ff; __proto__=1; ;;=;holdfast_refresh="'],
  ['x-forwarded-for', "1.2.3.4, ::1, ' OR 1=1"],
  ['x-request-id', '\u00FF'.repeat(100)],
  ['x-http-method-override', 'DELETE'],
  ['x-original-url', '/api/admin/users'],
  ['forwarded', 'for=127.0.0.1;host=evil.example'],
  ['host', 'evil.example'],
  ['stripe-signature', 't=1,v1=00'],
  ['stripe-signature', `t=${'9'.repeat(400)},v1=${'0'.repeat(4_000)}`],
  ['expect', '200-ok'],
  ['te', 'trailers, deflate;q=0.5'],
];

function headersFor(world: FuzzWorld, operation: ApiOperation, draws: Draws): Record<string, string> {
  const token = draws.pick(operation.operationId === 'logout' ? world.spareTokens : world.tokens);
  const odd = draws.onceIn(3) ? Array.from({ length: 1 + draws.nat(2) }, () => draws.pick(ODD_HEADERS)) : [];
  return { ...(token === null ? {} : { authorization: token }), ...Object.fromEntries(odd) };
}

type Content = { readonly headers: Record<string, string>; readonly body: Buffer | null };

const JSON_TYPE = { 'content-type': 'application/json' };
const TYPES = [
  'application/json; charset=utf-8',
  'application/merge-patch+json',
  'application/json; charset=utf-16le',
  'application/json; charset=utf-7',
  'application/json; charset="',
  'application/x-www-form-urlencoded',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/json, text/plain',
  'APPLICATION/JSON',
  '/',
  'x'.repeat(4_000),
];

function contentFor(world: FuzzWorld, operation: ApiOperation, draws: Draws): Content {
  const json = () => JSON.stringify(valueFor(world, operation, draws));
  return draws.oneOf<Content>(
    [operation.body === null ? 30 : 1, () => ({ headers: {}, body: null })],
    [8, () => ({ headers: JSON_TYPE, body: Buffer.from(json()) })],
    [3, () => mangled(json(), draws)],
    [2, () => packed(Buffer.from(json()), draws)],
    [1, () => ({ headers: { 'content-type': draws.pick(TYPES) }, body: Buffer.from(json()) })],
    [1, () => draws.pick(GARBAGE)],
  );
}

function valueFor({ api, ids }: FuzzWorld, operation: ApiOperation, draws: Draws): unknown {
  if (operation.body === null) return hostileValue(draws);
  const good = valueOf({ draws, api, ids: Object.values(ids).flat() }, operation.body);
  return draws.onceIn(2) ? spoilt(draws, good) : good;
}

const MANGLINGS: readonly ((json: string) => Buffer | string)[] = [
  (json) => json.replace('{', '{"seatIds":[1],"seatIds":"x","__proto__":{"a":1},'),
  (json) => json.replace(/^\{(?<first>"[^"]*":)/, '{$<first>null,$<first>'),
  (json) => json.slice(0, json.length / 2),
  (json) => `${json}${json}`,
  (json) => `\u{FEFF}${json}`,
  (json) => `/* */${json}`,
  (json) => json.replaceAll('"', "'"),
  (json) => json.replace(/\d+/, 'NaN'),
  (json) => json.replace(/\d+/, '1e999999'),
  (json) => json.replace(/"[^"]*"/, String.raw`"\ud800"`),
  (json) =>
    Buffer.concat([
      Buffer.from(json.slice(0, 9)),
      Buffer.of(0xff, 0xfe, 0xc0, 0x80),
      Buffer.from(json.slice(9)),
    ]),
  (json) => Buffer.from(json, 'utf16le'),
  (json) => Buffer.from(json, 'latin1'),
];
const MANGLED_TYPES = [
  'application/json',
  'application/json',
  'application/json',
  'application/json; charset=utf-16le',
  'application/json; charset=iso-8859-1',
];

/** The same text with duplicate keys, cut off, in another encoding, with bytes that are no text. */
function mangled(json: string, draws: Draws): Content {
  return {
    headers: { 'content-type': draws.pick(MANGLED_TYPES) },
    body: Buffer.from(draws.pick(MANGLINGS)(json)),
  };
}

const BOMB = gzipSync(Buffer.alloc(20_000_000, ' '));
const PACKINGS: readonly (readonly [encoding: string, pack: (raw: Buffer) => Buffer])[] = [
  ['gzip', (raw) => gzipSync(raw)],
  ['deflate', (raw) => deflateSync(raw)],
  ['br', (raw) => brotliCompressSync(raw)],
  ['gzip', (raw) => gzipSync(raw).subarray(0, 12)],
  ['gzip', (raw) => raw],
  ['gzip, gzip', (raw) => gzipSync(gzipSync(raw))],
  ['zstd', (raw) => raw],
  ['identity', (raw) => raw],
  ['__proto__', (raw) => raw],
  ['gzip', () => BOMB],
];

function packed(raw: Buffer, draws: Draws): Content {
  const [encoding, pack] = draws.pick(PACKINGS);
  return { headers: { ...JSON_TYPE, 'content-encoding': encoding }, body: pack(raw) };
}

const BODY_BYTES_MAX = 100_000;

const GARBAGE: readonly Content[] = [
  Buffer.alloc(0),
  Buffer.alloc(1_000),
  Buffer.from('['.repeat(BODY_BYTES_MAX - 1)),
  Buffer.from('{"a":'.repeat(19_000)),
  Buffer.from(`[${'1,'.repeat(49_000)}1]`),
  Buffer.from(`{"seatIds":[${'"x",'.repeat(24_000)}1]}`),
  Buffer.from(`{"email":"${'a@'.repeat(45_000)}"}`),
  Buffer.from(`{"prices":{${Array.from({ length: 6_000 }, (_, index) => `"${index}":"x"`).join(',')}}}`),
  Buffer.alloc(BODY_BYTES_MAX + 1, '1'),
].map((body) => ({ headers: JSON_TYPE, body }));
