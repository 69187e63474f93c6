import type { Role } from '../../db/schema.ts';
import type { Identity } from '../platform/http/route.ts';
import type { UserId } from '../platform/id.ts';
import { inTransaction } from '../platform/mysql.ts';
import { PROBLEMS, Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { type Account, losesRights } from './account.ts';
import { lockAccounts, updateRole } from './account-store.ts';
import { ACCOUNT_PROBLEMS } from './problems.ts';
import { announceRevoked } from './revoked-sessions.ts';
import { revokeSessionsOf } from './session-store.ts';

/**
 * Gives an account another role. Taking rights away ends the account's sessions, so that no token with the old role
 * goes on working; new rights come with the next refresh. Nobody changes their own role, and the one who changes
 * another's must be an administrator at that moment, in the database: so of two who demote each other one stays, and
 * there is always an administrator left.
 * @throws Problem `forbidden`, `not_found`, `role_not_changeable`.
 */
export async function changeRole(
  resources: Resources,
  { actor, userId, role }: { actor: Identity; userId: UserId; role: Role },
): Promise<Account> {
  if (actor.userId === userId) {
    throw new Problem(
      ACCOUNT_PROBLEMS.role_not_changeable,
      'Another administrator has to change your own role.',
    );
  }
  const { changed, endedSessions } = await inTransaction(resources.db, async (tx) => {
    const accounts = await lockAccounts(tx, [actor.userId, userId]);
    const account = checkChange(accounts, actor.userId, userId);
    await updateRole(tx, userId, role);
    return {
      changed: { ...account, role },
      endedSessions: losesRights(account.role, role)
        ? await revokeSessionsOf(tx, userId, 'role_changed')
        : [],
    };
  });
  await announceRevoked(resources, endedSessions);
  resources.log.info({ userId, role, by: actor.userId }, 'account.role-changed');
  return changed;
}

function checkChange(accounts: readonly Account[], actorId: UserId, userId: UserId): Account {
  const actor = accounts.find((account) => account.userId === actorId);
  if (actor?.role !== 'admin') throw new Problem(PROBLEMS.forbidden, 'This needs the role admin.');
  const account = accounts.find((candidate) => candidate.userId === userId);
  if (account === undefined) throw new Problem(PROBLEMS.not_found, 'There is no such user.');
  if (account.isGuest) {
    throw new Problem(
      ACCOUNT_PROBLEMS.role_not_changeable,
      'A guest has to register before being given a role.',
    );
  }
  return account;
}
