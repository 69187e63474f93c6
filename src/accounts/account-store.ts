import type { Selectable } from 'kysely';
import type { Role, UsersTable } from '../../db/schema.ts';
import { type UserId, fromBytes, toBytes } from '../platform/id.ts';
import { type Db, type DbOrTx, NOW, type Tx, isDuplicate } from '../platform/mysql.ts';
import type { Account } from './account.ts';

/** An account with what only signing in may look at. */
export type AccountWithPassword = Account & { readonly passwordHash: string | null };
export type ListedAccount = Account & { readonly createdAt: Date };

const ACCOUNT_COLUMNS = ['user_id', 'user_email', 'user_name', 'role', 'is_guest'] as const;

/** `email` in its normalised spelling. */
export async function findAccountByEmail(
  db: DbOrTx,
  email: string,
): Promise<AccountWithPassword | undefined> {
  const row = await db
    .selectFrom('users')
    .select([...ACCOUNT_COLUMNS, 'user_password'])
    .where('user_email', '=', email)
    .executeTakeFirst();
  return row && { ...toAccount(row), passwordHash: row.user_password };
}

export async function findAccount(db: DbOrTx, userId: UserId): Promise<Account | undefined> {
  const row = await db
    .selectFrom('users')
    .select(ACCOUNT_COLUMNS)
    .where('user_id', '=', toBytes(userId))
    .executeTakeFirst();
  return row && toAccount(row);
}

/** Locks the accounts in the order of their ids, and gives those that exist. */
export async function lockAccounts(tx: Tx, userIds: readonly UserId[]): Promise<Account[]> {
  const rows = await tx
    .selectFrom('users')
    .select(ACCOUNT_COLUMNS)
    .where('user_id', 'in', userIds.map(toBytes))
    .orderBy('user_id')
    .forUpdate()
    .execute();
  return rows.map(toAccount);
}

/** Fails with a duplicate of `one_account_per_address` when the address is taken. */
export async function insertAccount(tx: DbOrTx, account: AccountWithPassword): Promise<void> {
  await tx
    .insertInto('users')
    .values({
      user_id: toBytes(account.userId),
      user_email: account.email,
      user_password: account.passwordHash,
      user_name: account.name,
      role: account.role,
      is_guest: account.isGuest ? 1 : 0,
      created_at: NOW,
      updated_at: NOW,
    })
    .execute();
}

/** Whether the error says that the address has an account already. */
export function isAddressTaken(error: unknown): boolean {
  return isDuplicate(error, 'one_account_per_address');
}

/**
 * Gives a guest an address and a password. False when it is no guest (any more): nothing is changed then.
 * Fails with a duplicate of `one_account_per_address` when the address is taken.
 */
export async function updateGuestToAccount(
  tx: Tx,
  guest: { userId: UserId; email: string; passwordHash: string; name: string | null },
): Promise<boolean> {
  const result = await tx
    .updateTable('users')
    .set({
      user_email: guest.email,
      user_password: guest.passwordHash,
      user_name: guest.name,
      is_guest: 0,
      updated_at: NOW,
    })
    .where('user_id', '=', toBytes(guest.userId))
    .where('is_guest', '=', 1)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function updateRole(tx: Tx, userId: UserId, role: Role): Promise<void> {
  await tx
    .updateTable('users')
    .set({ role, updated_at: NOW })
    .where('user_id', '=', toBytes(userId))
    .execute();
}

/** Accounts, without guests, newest first; `search` is found anywhere in address and name. */
export async function listAccounts(
  db: Db,
  { search, page, limit }: { search: string | undefined; page: number; limit: number },
): Promise<{ accounts: ListedAccount[]; total: number }> {
  let matching = db.selectFrom('users').where('is_guest', '=', 0);
  if (search !== undefined) {
    const anywhere = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    matching = matching.where((eb) =>
      eb.or([eb('user_email', 'like', anywhere.toLowerCase()), eb('user_name', 'like', anywhere)]),
    );
  }
  const rows = await matching
    .select([...ACCOUNT_COLUMNS, 'created_at'])
    .orderBy('user_id', 'desc')
    .limit(limit)
    .offset((page - 1) * limit)
    .execute();
  const { total } = await matching
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return {
    accounts: rows.map((row) => ({ ...toAccount(row), createdAt: row.created_at })),
    total,
  };
}

function toAccount(row: Pick<Selectable<UsersTable>, (typeof ACCOUNT_COLUMNS)[number]>): Account {
  return {
    userId: fromBytes(row.user_id),
    email: row.user_email,
    name: row.user_name,
    role: row.role,
    isGuest: row.is_guest === 1,
  };
}
