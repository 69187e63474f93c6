import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { type Answer, requestText } from './line.ts';
import type { Script } from './send-load.ts';
import type { ScriptSpec } from './tasks.ts';

type Spec<Name extends ScriptSpec['name']> = Extract<ScriptSpec, { name: Name }>;

/** What the script has seen, besides what it counts. */
export type SeenScript = Script & { readonly largestBody?: () => number };

/** The requests and checks that a specification stands for. */
export function scriptOf(spec: ScriptSpec): SeenScript {
  switch (spec.name) {
    case 'get':
      return getScript(spec);
    case 'lock':
      return lockScript(spec);
    case 'plain':
      return plainScript(spec);
    case 'refuse':
      return refuseScript(spec);
    case 'hold':
      return holdScript(spec);
    case 'cycle':
      return cycleScript(spec);
    case 'seats':
      return seatsScript(spec);
    case 'visit':
      return visitScript(spec);
    case 'greet':
      return greetScript(spec);
  }
}

/** Multiplied with it, numbers up to a prime that is larger come in an order without neighbours, each once. */
const STRIDE = 7919;

function getScript({ path, holds }: Spec<'get'>): Script {
  const request = requestText('GET', path, '');
  return {
    next: () => request,
    check(answer) {
      expectStatus(answer, 200);
      if (!answer.body.includes(holds)) throw new Error(`${path} answered ${text(answer)}`);
      return '200';
    },
  };
}

function lockScript({ from, seats, status }: Spec<'lock'>): Script {
  let sent = 0;
  return {
    next() {
      sent += 1;
      return requestText('POST', `/lock/${from + (sent % seats)}`, 'content-length: 0\r\n');
    },
    check(answer) {
      expectStatus(answer, status);
      if (z.object({ ok: z.boolean() }).parse(json(answer)).ok !== (status === 200))
        throw new Error(`The baseline answered ${text(answer)}`);
      return String(status);
    },
  };
}

function plainScript({ from }: Spec<'plain'>): Script {
  let sent = 0;
  return {
    next() {
      sent += 1;
      return requestText('POST', '/hold', '', JSON.stringify({ seatId: from + sent }));
    },
    check(answer) {
      expectStatus(answer, 201);
      return '201';
    },
  };
}

const Refusal = z.object({ code: z.literal('seats_taken'), seatIds: z.array(z.int()) });

function refuseScript({ eventId, seats, buyers }: Spec<'refuse'>): Script {
  const path = `/api/events/${eventId}/holds`;
  const wanted: number[] = [];
  let sent = 0;
  return {
    next(connection) {
      sent += 1;
      const seatId = 1 + (sent % seats);
      wanted[connection] = seatId;
      return requestText('POST', path, bearer(buyers, connection), `{"seatIds":[${seatId}]}`);
    },
    check(answer, connection) {
      expectStatus(answer, 409);
      const { seatIds } = Refusal.parse(json(answer));
      if (seatIds.length !== 1 || seatIds[0] !== wanted[connection])
        throw new Error(`Refused for other seats: ${seatIds.join()}`);
      return '409';
    },
  };
}

const Held = z.object({
  id: z.string(),
  status: z.literal('held'),
  seats: z.tuple([z.object({ id: z.int() })]),
});
const Queued = z.object({ status: z.literal('queued'), pendingSeatIds: z.tuple([z.int()]) });

const PutOff = z.object({ code: z.enum(['server_busy', 'queue_full', 'rate_limited']) });

function holdScript({ firstApart, ...spec }: Spec<'hold'>): Script {
  const script = holdsScript(spec);
  return firstApart === true ? withFirstApart(script) : script;
}

function withFirstApart(script: Script): Script {
  const seen: boolean[] = [];
  return {
    next: (connection) => script.next(connection),
    check(answer, connection) {
      const isFirst = seen[connection] !== true;
      seen[connection] = true;
      return `${isFirst ? 'first ' : ''}${script.check(answer, connection)}`;
    },
  };
}

function holdsScript({
  events,
  buyers,
  from,
  respondAsync,
  mayPutOff,
}: Omit<Spec<'hold'>, 'firstApart'>): Script {
  const headers = respondAsync ? 'prefer: respond-async\r\n' : '';
  const wanted: number[] = [];
  let taken = from;
  return {
    next(connection) {
      const eventId = events[Math.floor(taken / buyers.length)];
      if (eventId === undefined) throw new Error(`More holds were answered than there are seats: ${taken}`);
      const buyer = taken % buyers.length;
      const seatId = 1 + ((buyer * STRIDE) % buyers.length);
      taken += 1;
      wanted[connection] = seatId;
      const path = `/api/events/${eventId}/holds`;
      return requestText('POST', path, headers + bearer(buyers, buyer), `{"seatIds":[${seatId}]}`);
    },
    check(answer, connection) {
      if (mayPutOff === true && answer.status >= 429) return checkPutOff(answer);
      const isQueued = respondAsync || (mayPutOff === true && answer.status === 202);
      expectStatus(answer, isQueued ? 202 : 201);
      const seatId = isQueued
        ? Queued.parse(json(answer)).pendingSeatIds[0]
        : Held.parse(json(answer)).seats[0].id;
      if (seatId !== wanted[connection])
        throw new Error(`Seat ${wanted[connection]} was wanted, ${seatId} given`);
      return String(answer.status);
    },
  };
}

/** A refusal by an overloaded server says by name what it is, and when to come back. */
function checkPutOff(answer: Answer): string {
  const { code } = PutOff.parse(json(answer));
  if (!/\r\nretry-after: \d+/i.test(answer.head)) throw new Error(`${code} without Retry-After`);
  return String(answer.status);
}

function cycleScript({ events, seats, buyers }: Spec<'cycle'>): Script {
  const held: (string | null)[] = [];
  const seatsEach = Math.floor(seats / buyers.length);
  return {
    next(connection) {
      const holdId = held[connection];
      if (typeof holdId === 'string')
        return requestText('DELETE', `/api/holds/${holdId}`, bearer(buyers, connection));
      const eventId = events[Math.floor(Math.random() * events.length)];
      const seatId = 1 + connection + buyers.length * Math.floor(Math.random() * seatsEach);
      const body = `{"seatIds":[${seatId}]}`;
      return requestText('POST', `/api/events/${eventId}/holds`, bearer(buyers, connection), body);
    },
    check(answer, connection) {
      const isRelease = typeof held[connection] === 'string';
      held[connection] = null;
      // The load before this one ended with seats in its hands.
      if (!isRelease && answer.status === 409) return 'taken';
      expectStatus(answer, isRelease ? 200 : 201);
      if (isRelease) return 'release';
      held[connection] = Held.parse(json(answer)).id;
      return 'hold';
    },
  };
}

function seatsScript({ eventId, seats, conditional }: Spec<'seats'>): SeenScript {
  const path = `/api/events/${eventId}/seats`;
  const headers = 'accept-encoding: gzip\r\n';
  /** Bodies that were taken apart and found right: the same ETag must bring the same bytes. */
  const known = new Map<string, Buffer>();
  let newest = '';
  let largest = 0;
  return {
    largestBody: () => largest,
    next() {
      const condition = conditional && newest !== '' ? `if-none-match: ${newest}\r\n` : '';
      return requestText('GET', path, headers + condition);
    },
    check(answer) {
      if (answer.status === 304 && conditional) return '304';
      expectStatus(answer, 200);
      const etag = /\r\netag: (\S+)/i.exec(answer.head)?.[1] ?? '';
      const seen = known.get(etag);
      if (seen === undefined) {
        checkSeats(answer, seats);
        known.set(etag, Buffer.from(answer.body));
        largest = Math.max(largest, answer.body.length);
        newest = etag;
      } else if (!seen.equals(answer.body)) throw new Error(`Two bodies under the ETag ${etag}`);
      return '200';
    },
  };
}

const Seats = z.object({ counts: z.record(z.string(), z.int()), seats: z.string() });

function checkSeats(answer: Answer, count: number): void {
  const isPacked = /\r\ncontent-encoding: gzip/i.test(answer.head);
  const body = isPacked ? gunzipSync(answer.body) : answer.body;
  const { counts, seats } = Seats.parse(JSON.parse(body.toString('utf8')));
  const locked = seats.split('l').length - 1;
  if (seats.length !== count || locked !== counts['locked'])
    throw new Error(`${seats.length} letters, ${locked} locked where ${counts['locked']} are counted`);
}

function visitScript({ eventId, seats, buyers }: Spec<'visit'>): Script {
  const looking = seatsScript({ name: 'seats', eventId, seats, conditional: true });
  const trying = refuseScript({ name: 'refuse', eventId, seats: 10, buyers });
  const looks: boolean[] = [];
  return {
    next(connection) {
      looks[connection] = looks[connection] !== true;
      return looks[connection] ? looking.next(connection) : trying.next(connection);
    },
    check: (answer, connection) =>
      looks[connection] === true ? looking.check(answer, connection) : trying.check(answer, connection),
  };
}

function greetScript({ eventId, buyers }: Spec<'greet'>): Script {
  let greeted = 0;
  return {
    next() {
      if (greeted >= buyers.length) return null;
      greeted += 1;
      return requestText('GET', `/api/events/${eventId}/holds/mine`, bearer(buyers, greeted - 1));
    },
    check(answer) {
      expectStatus(answer, 204);
      return '204';
    },
  };
}

function bearer(buyers: readonly string[], index: number): string {
  return `authorization: ${buyers[index % buyers.length]}\r\n`;
}

function expectStatus(answer: Answer, status: number): void {
  if (answer.status !== status) throw new Error(`${answer.status} where ${status} was due: ${text(answer)}`);
}

const SHOWN_BYTES_MAX = 300;

function text(answer: Answer): string {
  return answer.body.toString('utf8', 0, SHOWN_BYTES_MAX);
}

function json(answer: Answer): unknown {
  return JSON.parse(answer.body.toString('utf8'));
}
