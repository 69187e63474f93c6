import { type UserId, newId } from '../platform/id.ts';
import { inTransaction } from '../platform/mysql.ts';
import type { Resources } from '../resources.ts';
import type { Account } from './account.ts';
import { insertAccount } from './account-store.ts';
import { type SignedIn, openSession } from './session.ts';

/** A new buyer without an address or a password, who can buy at once, and register later with all that was bought. */
export async function startGuest({ db, log }: Resources): Promise<SignedIn> {
  const userId: UserId = newId();
  const account: Account = { userId, email: null, name: null, role: 'buyer', isGuest: true };
  const signedIn = await inTransaction(db, async (tx) => {
    await insertAccount(tx, { ...account, passwordHash: null });
    return await openSession(tx, account);
  });
  log.info({ userId, sessionId: signedIn.sessionId }, 'account.guest-started');
  return signedIn;
}
