import { openStore } from '../platform/store.ts';

export type Toast = {
  readonly id: number;
  readonly words: string;
  readonly action?: { readonly label: string; readonly run: () => void };
};

const TOAST_MS = 7_000;
const TOAST_WITH_ACTION_MS = 14_000;
const TOASTS_MAX = 3;

/** What is shown for a while at the edge of the page, and read out. */
export const toasts = openStore<readonly Toast[]>([]);
/** What is only read out. */
export const announcement = openStore('');
let lastId = 0;

export function showToast(words: string, action?: Toast['action']): void {
  lastId += 1;
  const toast: Toast = action === undefined ? { id: lastId, words } : { id: lastId, words, action };
  const others = toasts.get().filter((other) => other.words !== words);
  toasts.set([...others, toast].slice(-TOASTS_MAX));
  setTimeout(() => dropToast(toast.id), action === undefined ? TOAST_MS : TOAST_WITH_ACTION_MS);
}

export function dropToast(id: number): void {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}

/** Screen readers say it when they have finished what they are at. The same words twice are said twice. */
export function announce(words: string): void {
  announcement.set(announcement.get() === words ? `${words}\u00A0` : words);
}
