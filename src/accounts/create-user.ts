import { hash } from 'bcryptjs';
import type { Role } from '../../db/schema.ts';
import { type UserId, newId } from '../platform/id.ts';
import type { Db } from '../platform/mysql.ts';
import { findAccountByEmail, insertAccount, isAddressTaken } from './account-store.ts';
import { normaliseEmail } from './email-address.ts';
import { BCRYPT_COST } from './password-hash.ts';
import { normalisePassword, passwordFault } from './password-rules.ts';

export type NewUser = {
  readonly email: string;
  readonly password: string;
  readonly role: Role;
  readonly name: string | null;
};

/**
 * Makes an account outside a server: for the seed and for scripts. When the address has one already, that one is left
 * as it is, password, role and all, so that calling again changes nothing and takes no time.
 * @returns the account's id. @throws RangeError when the password is one that the API would refuse.
 */
export async function createUser(db: Db, user: NewUser): Promise<UserId> {
  const email = normaliseEmail(user.email);
  const present = await findAccountByEmail(db, email);
  if (present !== undefined) return present.userId;
  const password = normalisePassword(user.password);
  const fault = passwordFault(password, email);
  if (fault !== null) throw new RangeError(`The password of ${email} ${fault}.`);
  const userId: UserId = newId();
  const passwordHash = await hash(password, BCRYPT_COST);
  try {
    await insertAccount(db, {
      userId,
      email,
      name: user.name,
      role: user.role,
      isGuest: false,
      passwordHash,
    });
    return userId;
  } catch (error) {
    if (!isAddressTaken(error)) throw error;
    return await createUser(db, user);
  }
}
