import { sql } from 'kysely';
import { signAccessToken } from '../../src/accounts/access-token.ts';
import type { Identity } from '../../src/platform/http/route.ts';
import { newId } from '../../src/platform/id.ts';
import { newEmail, newGuest, PASSWORD, registered, withRole } from '../api/accounts/people.ts';
import { checkOut, hold, pay, payment } from '../support/checkout.ts';
import { type Client, client, guest } from '../support/client.ts';
import { createTestEvent } from '../support/events.ts';
import { eventually } from '../support/eventually.ts';
import type { Holdfast } from '../support/harness.ts';
import type { Actor, Row } from './authorisation-rules.ts';

/** What a request is about: what goes into its path and body, and whose it is. */
export type Subject = {
  readonly params: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Who plays these parts here; for the others the scene has someone. */
  readonly owner?: string;
  readonly organiser?: string;
};

export type Scene = {
  make(about: Row['about']): Promise<Subject>;
  /** A client with a token of a session of its own, so that signing out of it harms no other request. */
  as(actor: Actor, subject: Subject): Client;
};

export async function openScene(holdfast: Holdfast): Promise<Scene> {
  const [aGuest, buyer, seller, admin] = await Promise.all([
    newGuest(holdfast),
    withRole(holdfast, 'buyer'),
    withRole(holdfast, 'organiser'),
    withRole(holdfast, 'admin'),
  ]);
  const account = await registered(holdfast);
  const token = (identity: Omit<Identity, 'sessionId'>) => ({
    token: signAccessToken(holdfast.server.resources, { ...identity, sessionId: newId() }),
    userId: identity.userId,
  });
  return {
    make: (about) => make(holdfast, about, account.email),
    as(actor, { owner = buyer.userId, organiser = seller.userId }) {
      switch (actor) {
        case 'nobody':
          return client(holdfast);
        case 'guest':
          return client(holdfast, token({ userId: aGuest.userId, role: 'buyer', isGuest: true }));
        case 'otherBuyer':
          return client(holdfast, token({ userId: buyer.userId, role: 'buyer', isGuest: false }));
        case 'owner':
          return client(holdfast, token({ userId: owner, role: 'buyer', isGuest: false }));
        case 'otherOrganiser':
          return client(holdfast, token({ userId: seller.userId, role: 'organiser', isGuest: false }));
        case 'organiser':
          return client(holdfast, token({ userId: organiser, role: 'organiser', isGuest: false }));
        case 'admin':
          return client(holdfast, token({ userId: admin.userId, role: 'admin', isGuest: false }));
      }
    },
  };
}

async function make(holdfast: Holdfast, about: Row['about'], email: string): Promise<Subject> {
  switch (about) {
    case 'nothing':
      return { params: {} };
    case 'account':
      return { params: { userId: (await withRole(holdfast, 'buyer')).userId } };
    case 'credentials':
      return { params: {}, body: { email, password: PASSWORD } };
    case 'newAccount':
      return { params: {}, body: { email: newEmail(), password: PASSWORD } };
    case 'refreshToken':
      return { params: {}, body: { refreshToken: (await newGuest(holdfast)).refreshToken } };
    case 'draft':
    case 'event': {
      const { eventId, organiser } = await anEvent(holdfast, about === 'event');
      return { params: { eventId, seatId: '1' }, body: { seatIds: [1] }, organiser };
    }
    case 'hold':
    case 'checkout':
    case 'booking':
      return aSale(holdfast, about);
  }
}

async function anEvent(holdfast: Holdfast, publish: boolean) {
  const { eventId, organiser } = await createTestEvent(holdfast, { rows: 1, seatsPerRow: 5, publish });
  return { eventId, organiser: organiser.userId ?? '' };
}

async function aSale(holdfast: Holdfast, about: 'hold' | 'checkout' | 'booking'): Promise<Subject> {
  const { eventId, organiser } = await anEvent(holdfast, true);
  const buyer = await guest(holdfast);
  const owner = buyer.userId ?? '';
  const seats = { eventId, seatIds: [1, 2] };
  if (about === 'hold') {
    const holdId = await hold(buyer, seats);
    return { params: { eventId, holdId, seatId: '1' }, owner, organiser };
  }
  const at = await checkOut(holdfast, { ...seats, buyer });
  const params = { eventId, holdId: at.holdId, paymentId: at.paymentId, seatId: '1' };
  if (about === 'checkout') return { params, owner, organiser };
  await pay(holdfast, at.sessionId);
  const bookingId: string = await eventually(async () => {
    const { bookings } = await payment(at);
    if (bookings.length !== seats.seatIds.length) throw new Error('not booked yet');
    return bookings[0].id;
  });
  return { params: { ...params, bookingId }, owner, organiser };
}

const WATCHED_TABLES = [
  'users',
  'events',
  'event_tiers',
  'event_seats',
  'holds',
  'bookings',
  'payments',
  'refunds',
  'seat_log',
];

/** Changes whenever any row does that a request could be after. */
export async function fingerprint({ server }: Holdfast): Promise<string> {
  const { db } = server.resources;
  const { rows } = await sql`CHECKSUM TABLE ${sql.raw(WATCHED_TABLES.join(', '))}`.execute(db);
  return JSON.stringify(rows);
}
