import type { Identity } from '../platform/http/route.ts';
import { type UserId, newId } from '../platform/id.ts';
import { type Tx, inTransaction } from '../platform/mysql.ts';
import { PROBLEMS, Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import type { Account } from './account.ts';
import { findAccountByEmail, insertAccount, isAddressTaken, updateGuestToAccount } from './account-store.ts';
import { hashPassword } from './password-hash.ts';
import { announceRevoked } from './revoked-sessions.ts';
import { type SignedIn, openSession } from './session.ts';
import { type SessionId, revokeSessionsOf } from './session-store.ts';
import { limitFailures } from './sign-in-failures.ts';
import { signInAs } from './sign-in.ts';

/** `email` and `password` have been checked and normalised. */
export type Registration = {
  readonly email: string;
  readonly password: string;
  readonly name: string | null;
};

/**
 * Makes an account and signs in. A guest who registers keeps their id, and so their holds and bookings; their guest
 * sessions end, so that nobody who knew an old token shares the account.
 * A taken address is treated as a sign-in: the right password opens a session of that account (so sending a
 * registration twice is harmless), a wrong one is answered as a failed sign-in is, after the same time; see
 * docs/decisions, "no enumeration of accounts".
 * @throws Problem `sign_in_failed`, `rate_limited`, or `unavailable` when too many passwords are waiting.
 */
export async function register(
  resources: Resources,
  registration: Registration,
  identity: Identity | null,
): Promise<SignedIn> {
  const { email, password } = registration;
  return await limitFailures(resources.redis, email, async () => {
    const present = await findAccountByEmail(resources.db, email);
    if (present !== undefined) return await signInAs(resources, present, password);
    const passwordHash = await hashPassword(password);
    const created = await createAccount(resources, { ...registration, passwordHash }, identity);
    if (created !== null) return created;
    return await signInAs(resources, await findAccountByEmail(resources.db, email), password);
  });
}

type HashedRegistration = Registration & { readonly passwordHash: string };

/** null: the address was taken a moment ago, by a registration that ran beside this one. */
async function createAccount(
  resources: Resources,
  registration: HashedRegistration,
  identity: Identity | null,
): Promise<SignedIn | null> {
  const { db, log } = resources;
  try {
    const { signedIn, endedSessions } = await inTransaction(db, (tx) =>
      identity?.isGuest === true
        ? upgradeGuest(tx, registration, identity.userId)
        : insertNew(tx, registration),
    );
    await announceRevoked(resources, endedSessions);
    log.info({ userId: signedIn.account.userId, wasGuest: endedSessions.length > 0 }, 'account.registered');
    return signedIn;
  } catch (error) {
    if (isAddressTaken(error)) return null;
    throw error;
  }
}

type Created = { readonly signedIn: SignedIn; readonly endedSessions: readonly SessionId[] };

async function insertNew(tx: Tx, registration: HashedRegistration): Promise<Created> {
  const account = accountOf(registration, newId());
  await insertAccount(tx, { ...account, passwordHash: registration.passwordHash });
  return { signedIn: await openSession(tx, account), endedSessions: [] };
}

async function upgradeGuest(tx: Tx, registration: HashedRegistration, userId: UserId): Promise<Created> {
  const isUpgraded = await updateGuestToAccount(tx, { ...registration, userId });
  if (!isUpgraded) {
    throw new Problem(PROBLEMS.unauthenticated, 'This guest has registered already: sign in.', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
  const endedSessions = await revokeSessionsOf(tx, userId, 'registered');
  return { signedIn: await openSession(tx, accountOf(registration, userId)), endedSessions };
}

function accountOf({ email, name }: Registration, userId: UserId): Account {
  return { userId, email, name, role: 'buyer', isGuest: false };
}
