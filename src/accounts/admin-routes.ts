import { z } from 'zod';
import { idParams } from '../platform/http/params.ts';
import { type AnyRoute, defineRoute } from '../platform/http/route.ts';
import type { Resources } from '../resources.ts';
import { ROLES, UserJson, toUserJson } from './account.ts';
import { listAccounts } from './account-store.ts';
import { changeRole } from './change-role.ts';
import { ACCOUNT_PROBLEMS } from './problems.ts';

const PAGE_MAX = 10_000;
const USERS_PER_PAGE = 20;
const USERS_PER_PAGE_MAX = 100;
const SEARCH_CHARS_MAX = 254;

const ListedUserJson = UserJson.extend({ createdAt: z.iso.datetime() }).meta({ id: 'ListedUser' });

const listUsersRoute = defineRoute({
  method: 'get',
  path: '/api/admin/users',
  operationId: 'listUsers',
  summary: 'The accounts, newest first, without guests',
  tags: ['administration'],
  auth: { roles: ['admin'] },
  query: z.object({
    search: z
      .string()
      .trim()
      .max(SEARCH_CHARS_MAX)
      .optional()
      .transform((search) => search || undefined)
      .meta({ description: 'A part of the address or the name.' }),
    page: z.coerce.number().int().min(1).max(PAGE_MAX).default(1),
    limit: z.coerce.number().int().min(1).max(USERS_PER_PAGE_MAX).default(USERS_PER_PAGE),
  }),
  answers: {
    200: {
      description: 'One page of accounts.',
      schema: z.object({ items: z.array(ListedUserJson), page: z.int(), limit: z.int(), total: z.int() }),
    },
  },
  async handle({ db }: Resources, { query }) {
    const { accounts, total } = await listAccounts(db, query);
    const items = accounts.map((account) => ({
      ...toUserJson(account),
      createdAt: account.createdAt.toISOString(),
    }));
    return { status: 200, body: { items, page: query.page, limit: query.limit, total } };
  },
});

const changeRoleRoute = defineRoute({
  method: 'post',
  path: '/api/admin/users/:userId/role',
  operationId: 'changeRole',
  summary: 'Make someone a buyer, an organiser or an administrator',
  description:
    'Taking rights away signs the account out everywhere, at once; new rights come with its next refresh. Nobody changes their own role.',
  tags: ['administration'],
  auth: { roles: ['admin'] },
  params: idParams('userId'),
  body: z.object({ role: z.enum(ROLES) }),
  answers: { 200: { description: 'The account with its new role.', schema: UserJson } },
  problems: [ACCOUNT_PROBLEMS.role_not_changeable],
  async handle(resources: Resources, { identity, params, body }) {
    const account = await changeRole(resources, { actor: identity, userId: params.userId, role: body.role });
    return { status: 200, body: toUserJson(account) };
  },
});

export const adminAccountRoutes: readonly AnyRoute<Resources>[] = [listUsersRoute, changeRoleRoute];
