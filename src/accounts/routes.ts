import { z } from 'zod';
import { type AnyRoute, defineRoute } from '../platform/http/route.ts';
import { PROBLEMS, Problem } from '../platform/problem.ts';
import type { Resources } from '../resources.ts';
import { ACCESS_TOKEN_TTL_SECONDS, signAccessToken } from './access-token.ts';
import { UserJson, toUserJson } from './account.ts';
import { findAccount } from './account-store.ts';
import { adminAccountRoutes } from './admin-routes.ts';
import { EmailAddress } from './email-address.ts';
import {
  PASSWORD_BYTES_MAX,
  PASSWORD_CHARS_MIN,
  normalisePassword,
  passwordFault,
} from './password-rules.ts';
import { ACCOUNT_PROBLEMS } from './problems.ts';
import { cookieToken, requireOwnPages, setCookie } from './refresh-cookie.ts';
import { refreshSession } from './refresh-session.ts';
import { register } from './register.ts';
import type { SignedIn } from './session.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { startGuest } from './start-guest.ts';

const NAME_CHARS_MAX = 120;
/** Long enough for any password that can be right; the rest is refused before it is looked at. */
const TRIED_PASSWORD_CHARS_MAX = 1_000;
const REFRESH_TOKEN_CHARS_MAX = 200;

const keepInCookie = z.boolean().default(false).meta({
  description:
    'For browsers: true puts the refresh token into an HttpOnly cookie (`holdfast_refresh`, sent to /api/auth only) and leaves it out of the answer, so that no script can read it. Otherwise it is in the answer only.',
});
const refreshTokenInBody = z
  .string()
  .max(REFRESH_TOKEN_CHARS_MAX)
  .optional()
  .meta({ description: 'Left out by browsers, whose cookie carries it.' });

const SessionJson = z
  .object({
    accessToken: z
      .string()
      .meta({ description: 'A JWT for `Authorization: Bearer`. Browsers keep it in memory.' }),
    refreshToken: z
      .string()
      .optional()
      .meta({ description: 'Good for one refresh within 7 days. Absent when it went into the cookie.' }),
    expiresIn: z.int().meta({ description: 'The life of the access token, in seconds.' }),
    user: UserJson,
  })
  .meta({ id: 'Session' });

const Registration = z
  .object({
    email: EmailAddress,
    password: z
      .string()
      .transform(normalisePassword)
      .meta({
        description: `At least ${PASSWORD_CHARS_MIN} characters, at most ${PASSWORD_BYTES_MAX} bytes in UTF-8, not the address, and none of those that everyone tries first.`,
      }),
    name: z
      .string()
      .trim()
      .min(1)
      .max(NAME_CHARS_MAX)
      .nullish()
      .transform((name) => name ?? null),
    cookie: keepInCookie,
  })
  .superRefine(({ email, password }, context) => {
    const fault = passwordFault(password, email);
    if (fault !== null) context.addIssue({ code: 'custom', path: ['password'], message: fault });
  });

const registerRoute = defineRoute({
  method: 'post',
  path: '/api/auth/register',
  operationId: 'register',
  summary: 'Make an account and sign in',
  description:
    "Sent with the access token of a guest, it turns the guest into the account: holds and bookings stay, the guest's tokens end. A taken address with its right password signs in; with a wrong one the answer is that of a failed sign-in.",
  tags: ['accounts'],
  auth: 'optional',
  rateLimit: 'sign-in',
  body: Registration,
  answers: { 201: { description: 'The account, signed in.', schema: SessionJson } },
  problems: [ACCOUNT_PROBLEMS.sign_in_failed, ACCOUNT_PROBLEMS.origin_refused, PROBLEMS.unavailable],
  async handle(resources: Resources, { body, identity, headers }) {
    if (body.cookie) requireOwnPages(resources.config, headers);
    return sessionReply(resources, 201, await register(resources, body, identity), body.cookie);
  },
});

const loginRoute = defineRoute({
  method: 'post',
  path: '/api/auth/login',
  operationId: 'login',
  summary: 'Sign in',
  description:
    'An unknown address is answered as a wrong password is, after the same time. Failures are limited per account, wherever they come from; a success does not count.',
  tags: ['accounts'],
  auth: 'none',
  rateLimit: 'sign-in',
  body: z.object({
    email: EmailAddress,
    password: z.string().min(1).max(TRIED_PASSWORD_CHARS_MAX),
    cookie: keepInCookie,
  }),
  answers: { 200: { description: 'A new session.', schema: SessionJson } },
  problems: [ACCOUNT_PROBLEMS.sign_in_failed, ACCOUNT_PROBLEMS.origin_refused, PROBLEMS.unavailable],
  async handle(resources: Resources, { body, headers }) {
    if (body.cookie) requireOwnPages(resources.config, headers);
    return sessionReply(resources, 200, await signIn(resources, body), body.cookie);
  },
});

const guestRoute = defineRoute({
  method: 'post',
  path: '/api/auth/guest',
  operationId: 'startGuest',
  summary: 'Go on without an account',
  description: 'A guest can hold and buy seats, and register later with all that was bought.',
  tags: ['accounts'],
  auth: 'none',
  body: z.object({ cookie: keepInCookie }),
  answers: { 201: { description: 'A guest, signed in.', schema: SessionJson } },
  problems: [ACCOUNT_PROBLEMS.origin_refused],
  async handle(resources: Resources, { body, headers }) {
    if (body.cookie) requireOwnPages(resources.config, headers);
    return sessionReply(resources, 201, await startGuest(resources), body.cookie);
  },
});

const refreshRoute = defineRoute({
  method: 'post',
  path: '/api/auth/refresh',
  operationId: 'refresh',
  summary: 'Go on with a session',
  description:
    'Exchanges the refresh token, from the body or else from the cookie, for new tokens. Each works once: of several requests at the same time one wins, and the others are answered 409 `refresh_in_progress`: they go on with the token that the winner got. A token that is sent again later ends the whole session. A token that came in the cookie is renewed in the cookie, and again within a minute, since a browser that is reloaded loses the answer; the first of its successors to be used ends the others.',
  tags: ['accounts'],
  auth: 'none',
  body: z.object({ refreshToken: refreshTokenInBody, cookie: keepInCookie }),
  answers: { 200: { description: 'New tokens of the same session.', schema: SessionJson } },
  problems: [
    ACCOUNT_PROBLEMS.refresh_token_invalid,
    ACCOUNT_PROBLEMS.refresh_token_reused,
    ACCOUNT_PROBLEMS.refresh_in_progress,
    ACCOUNT_PROBLEMS.origin_refused,
  ],
  async handle(resources: Resources, { body, headers }) {
    const fromCookie = body.refreshToken === undefined ? cookieToken(headers) : undefined;
    const keepsCookie = body.cookie || fromCookie !== undefined;
    if (keepsCookie) requireOwnPages(resources.config, headers);
    const refreshToken = body.refreshToken ?? fromCookie;
    if (refreshToken === undefined) {
      throw new Problem(
        ACCOUNT_PROBLEMS.refresh_token_invalid,
        'Send a refresh token, in the body or as the cookie.',
        {
          headers: { 'www-authenticate': 'Bearer' },
        },
      );
    }
    const isCookie = fromCookie !== undefined;
    return sessionReply(
      resources,
      200,
      await refreshSession(resources, { refreshToken, isCookie }),
      keepsCookie,
    );
  },
});

const logoutRoute = defineRoute({
  method: 'post',
  path: '/api/auth/logout',
  operationId: 'logout',
  summary: 'Sign out',
  description:
    'Ends the session of the refresh token (from the body, else from the cookie) and that of the access token, if one is sent. Their tokens are refused from then on.',
  tags: ['accounts'],
  auth: 'optional',
  body: z.object({ refreshToken: refreshTokenInBody }),
  answers: { 204: { description: 'Signed out, or nobody was signed in.' } },
  problems: [ACCOUNT_PROBLEMS.origin_refused],
  async handle(resources: Resources, { body, identity, headers }) {
    const fromCookie = body.refreshToken === undefined ? cookieToken(headers) : undefined;
    if (fromCookie !== undefined) requireOwnPages(resources.config, headers);
    await signOut(resources, {
      refreshToken: body.refreshToken ?? fromCookie,
      sessionId: identity?.sessionId,
    });
    return fromCookie === undefined
      ? { status: 204 }
      : { status: 204, headers: { 'set-cookie': setCookie(resources.config, null) } };
  },
});

const meRoute = defineRoute({
  method: 'get',
  path: '/api/me',
  operationId: 'me',
  summary: 'Who is signed in',
  tags: ['accounts'],
  auth: 'required',
  answers: { 200: { description: 'The account of the access token.', schema: UserJson } },
  async handle({ db }: Resources, { identity }) {
    const account = await findAccount(db, identity.userId);
    if (account === undefined) throw new Problem(PROBLEMS.unauthenticated, 'This account is no more.');
    return { status: 200, body: toUserJson(account) };
  },
});

export const accountRoutes: readonly AnyRoute<Resources>[] = [
  registerRoute,
  loginRoute,
  guestRoute,
  refreshRoute,
  logoutRoute,
  meRoute,
  ...adminAccountRoutes,
];

function sessionReply(
  resources: Resources,
  status: number,
  { account, sessionId, refreshToken }: SignedIn,
  inCookie: boolean,
) {
  const { userId, role, isGuest } = account;
  const session = {
    accessToken: signAccessToken(resources, { userId, role, isGuest, sessionId }),
    expiresIn: ACCESS_TOKEN_TTL_SECONDS,
    user: toUserJson(account),
  };
  return inCookie
    ? { status, body: session, headers: { 'set-cookie': setCookie(resources.config, refreshToken) } }
    : { status, body: { ...session, refreshToken } };
}
