import { openStore } from '../platform/store.ts';
import { ApiProblem } from './problem.ts';
import { flag, number, orNull, shape, text } from './read.ts';
import { type Reply, type RequestOptions, request } from './request.ts';

/** Says only that a refresh cookie was given to this browser, so that a first visit doesn't ask for what can't be there. */
const HINT = 'holdfast.session';
const LOCK = 'holdfast-session';
/** A token that is nearly over is renewed before it is used. */
const RENEW_BEFORE_END_MS = 30_000;

const readUser = shape({ id: text, email: orNull(text), name: orNull(text), role: text, isGuest: flag });
const readSession = shape({ accessToken: text, expiresIn: number, user: readUser });
export type User = ReturnType<typeof readUser>;

/** undefined until it is known whether somebody is signed in. */
export const currentUser = openStore<User | null | undefined>(undefined);

let access: { token: string; endsAt: number } | null = null;
let renewing: Promise<string | null> | null = null;
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('holdfast-session');

/** Another tab signed in or out: what this tab holds in memory is no longer who the browser is. */
channel?.addEventListener('message', () => {
  access = null;
  void restoreSession();
});

/** Finds out who is signed in, from the refresh cookie; asks the server only if a cookie was ever given. */
export async function restoreSession(): Promise<User | null> {
  try {
    await accessToken();
  } catch {
    // Without the server nobody is known; each call will say so again.
  }
  if (access === null) currentUser.set(null);
  return currentUser.get() ?? null;
}

/** Whether calls are made as somebody: a user or a guest. */
export async function hasUser(): Promise<boolean> {
  return (await accessToken()) !== null;
}

/** A call as the present user; without one, as nobody. @throws as `request` does. */
export async function requestAsUser(path: string, options: RequestOptions = {}): Promise<Reply> {
  const token = await accessToken();
  try {
    return await request(path, { ...options, token });
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 401 || token === null) throw error;
    if (access?.token === token) access = null;
    const renewed = await accessToken();
    if (renewed === null) throw error;
    return await request(path, { ...options, token: renewed });
  }
}

/** Makes a guest if nobody is signed in: done at the first seat, without asking. */
export async function ensureUser(): Promise<void> {
  if (await hasUser()) return;
  await locked(async () => {
    if (access !== null || (hasHint() && (await renew()) !== null)) return;
    // Before the answer: a reload in between then still finds the guest that was made.
    remember(true);
    adopt(
      await request('/api/auth/guest', { method: 'POST', body: { cookie: true }, repeatable: true }),
      'tell',
    );
  });
}

export async function signIn(email: string, password: string): Promise<void> {
  await enter('/api/auth/login', { email, password, cookie: true });
}

export async function register(name: string, email: string, password: string): Promise<void> {
  await enter('/api/auth/register', { name, email, password, cookie: true });
}

export async function signOut(): Promise<void> {
  await locked(async () => {
    await request('/api/auth/logout', { method: 'POST', body: {}, repeatable: true });
    forget('tell');
  });
}

async function enter(path: string, body: unknown): Promise<void> {
  // With a guest's token, registering turns the guest into the account: its seats and bookings stay.
  const token = await accessToken();
  await locked(async () => adopt(await request(path, { method: 'POST', body, token }), 'tell'));
}

async function accessToken(): Promise<string | null> {
  if (access !== null && access.endsAt - RENEW_BEFORE_END_MS > Date.now()) return access.token;
  if (!hasHint()) return null;
  // One renewal at a time in this tab, and by the lock in this browser: a refresh token is to be used once.
  renewing ??= locked(() => renew()).finally(() => {
    renewing = null;
  });
  return await renewing;
}

async function renew(): Promise<string | null> {
  try {
    return adopt(await request('/api/auth/refresh', { method: 'POST', body: { cookie: true } }), 'quietly');
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status >= 500 || error.status === 429) throw error;
    forget('quietly');
    return null;
  }
}

function adopt(reply: Reply, telling: 'tell' | 'quietly'): string {
  const session = readSession(reply.body, 'session');
  access = { token: session.accessToken, endsAt: reply.sentAt + session.expiresIn * 1000 };
  remember(true);
  if (JSON.stringify(currentUser.get()) !== JSON.stringify(session.user)) currentUser.set(session.user);
  if (telling === 'tell') channel?.postMessage('changed');
  return session.accessToken;
}

function forget(telling: 'tell' | 'quietly'): void {
  access = null;
  remember(false);
  currentUser.set(null);
  if (telling === 'tell') channel?.postMessage('changed');
}

/** All of this browser's tabs take turns. Where there are no locks (a page without TLS), the tab is alone with itself. */
async function locked<Result>(work: () => Promise<Result>): Promise<Result> {
  return 'locks' in navigator ? await navigator.locks.request(LOCK, work) : await work();
}

function hasHint(): boolean {
  try {
    return localStorage.getItem(HINT) === 'yes';
  } catch {
    return true; // Storage is blocked: asking once too often is the lesser harm.
  }
}

function remember(isThere: boolean): void {
  try {
    if (isThere) localStorage.setItem(HINT, 'yes');
    else localStorage.removeItem(HINT);
  } catch {
    // Storage is blocked: the session then lasts as long as the page.
  }
}
