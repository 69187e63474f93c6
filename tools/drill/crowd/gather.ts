import { signAccessToken } from '../../../src/accounts/access-token.ts';
import { newId } from '../../../src/platform/id.ts';
import { seededRandom } from '../../rush/random.ts';
import type { System } from '../system/system.ts';
import { nowMs, openLedger } from '../ledger.ts';
import { z } from 'zod';
import type { Buyer, Crowd } from './crowd.ts';

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const PRICE = 1_500;
const SEATS_PER_BUYER_MAX = 6;
const ROWS = 2;

const Created = z.object({ id: z.string() });
const Guest = z.object({ accessToken: z.string(), user: z.object({ id: z.string() }) });

/** Someone who may do everything with the events. */
export function organiserToken(system: System): string {
  return signAccessToken(system.resources, {
    userId: newId(),
    role: 'admin',
    isGuest: false,
    sessionId: newId(),
  });
}

export type Sale = {
  readonly buyers: number;
  readonly seats: number;
  /** For how long buyers come, and how long those who are at it may take to finish. */
  readonly openForMs: number;
  readonly homeAfterMs: number;
  readonly seed: number;
};

/** Puts an event on sale, and lets the buyers in who will come to it. */
export async function gatherCrowd(
  system: System,
  sale: Sale,
): Promise<{ readonly crowd: Crowd; readonly buyers: readonly Buyer[] }> {
  const random = seededRandom(sale.seed);
  const eventId = await createEvent(system, sale.seats);
  const buyers = await Promise.all(
    Array.from({ length: sale.buyers }, async (_, number): Promise<Buyer> => {
      const guest = Guest.parse(await post(system, '/api/auth/guest', {}, 201));
      return {
        number,
        userId: guest.user.id,
        token: guest.accessToken,
        random: seededRandom((random() + number) * 2 ** 31),
      };
    }),
  );
  const openedMs = nowMs();
  const crowd: Crowd = {
    eventId,
    seatCount: sale.seats,
    serverUrls: system.serverUrls,
    standIn: system.standIn,
    ledger: openLedger(),
    closesMs: openedMs + sale.openForMs,
    endMs: openedMs + sale.homeAfterMs,
  };
  return { crowd, buyers };
}

async function createEvent(system: System, seats: number): Promise<string> {
  const token = organiserToken(system);
  const inAWeek = new Date(Date.now() + WEEK_MS).toISOString();
  const created = await post(
    system,
    '/api/admin/events',
    {
      name: 'A drill',
      date: inAWeek,
      refundableUntil: inAWeek,
      currency: 'EUR',
      seatsPerBuyerMax: SEATS_PER_BUYER_MAX,
      prices: { Stalls: PRICE },
      generator: {
        name: 'Hall',
        categories: [{ name: 'Stalls' }],
        parts: [{ kind: 'rows', name: 'Stalls', category: 'Stalls', rows: ROWS, seatsPerRow: seats / ROWS }],
      },
    },
    201,
    token,
  );
  const { id } = Created.parse(created);
  await post(system, `/api/admin/events/${id}/publish`, {}, 200, token);
  return id;
}

async function post(
  system: System,
  path: string,
  body: unknown,
  expected: number,
  token?: string,
): Promise<unknown> {
  const response = await fetch(new URL(path, system.serverUrls[0]), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  if (response.status === expected) return answer;
  throw new Error(`POST ${path}: ${response.status} ${JSON.stringify(answer)}`);
}
