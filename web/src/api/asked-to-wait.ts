import { pause } from '../platform/pause.ts';
import { openStore } from '../platform/store.ts';

/** Shorter waits are over before they are read. */
const TOLD_FROM_MS = 2_000;

/** Until when calls wait because the server has asked us to, as `Date.now()` tells it; null while none does. */
export const askedToWaitUntil = openStore<number | null>(null);
let waiting = 0;

/** Waits as the server has asked, and tells so meanwhile: of several calls, the one that waits longest. */
export async function waitAsAsked(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms < TOLD_FROM_MS) return await pause(ms, signal);
  waiting += 1;
  askedToWaitUntil.set(Math.max(askedToWaitUntil.get() ?? 0, Date.now() + ms));
  try {
    await pause(ms, signal);
  } finally {
    waiting -= 1;
    if (waiting === 0) askedToWaitUntil.set(null);
  }
}
