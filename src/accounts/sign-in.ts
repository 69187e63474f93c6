import { inTransaction } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import { type AccountWithPassword, findAccountByEmail, lockAccounts } from './account-store.ts';
import { isPasswordOf } from './password-hash.ts';
import { type SignedIn, openSession } from './session.ts';
import { limitFailures } from './sign-in-failures.ts';

export type Credentials = { readonly email: string; readonly password: string };

/**
 * Signs in with an address (normalised) and a password. An address without an account costs the same time and gets
 * the same answer as a wrong password.
 * @throws Problem `sign_in_failed`, `rate_limited`, or `unavailable` when too many passwords are waiting.
 */
export async function signIn(resources: Resources, { email, password }: Credentials): Promise<SignedIn> {
  return await limitFailures(resources.redis, email, async () => {
    const account = await findAccountByEmail(resources.db, email);
    return await signInAs(resources, account, password);
  });
}

/** A session of the account, or null when there is none with this password. Always costs one comparison. */
export async function signInAs(
  { db, log }: Resources,
  account: AccountWithPassword | undefined,
  password: string,
): Promise<SignedIn | null> {
  const isRight = await isPasswordOf(account?.passwordHash ?? null, password);
  if (account === undefined || !isRight) {
    log.info({ userId: account?.userId }, 'account.sign-in-failed');
    return null;
  }
  const signedIn = await inTransaction(db, async (tx) => {
    const [locked] = await lockAccounts(tx, [account.userId]);
    return locked === undefined ? null : await openSession(tx, locked);
  });
  log.info({ userId: account.userId, sessionId: signedIn?.sessionId }, 'account.signed-in');
  return signedIn;
}
