import { z } from 'zod';
import type { Role } from '../../db/schema.ts';
import type { UserId } from '../platform/id.ts';
import { IdSchema } from '../platform/http/params.ts';

export const ROLES = ['buyer', 'organiser', 'admin'] as const satisfies readonly Role[];

/** A person, or a guest who has no address and no password yet. */
export type Account = {
  readonly userId: UserId;
  readonly email: string | null;
  readonly name: string | null;
  readonly role: Role;
  readonly isGuest: boolean;
};

/** The account as its owner and administrators see it. */
export const UserJson = z
  .object({
    id: IdSchema,
    email: z.string().nullable().meta({ description: 'null for a guest.' }),
    name: z.string().nullable(),
    role: z.enum(ROLES),
    isGuest: z.boolean(),
  })
  .meta({ id: 'User' });

export function toUserJson(account: Account): z.output<typeof UserJson> {
  const { userId, email, name, role, isGuest } = account;
  return { id: userId, email, name, role, isGuest };
}

/** Whether going from one role to another takes rights away. Each role has those of the ones before it. */
export function losesRights(from: Role, to: Role): boolean {
  return ROLES.indexOf(to) < ROLES.indexOf(from);
}
