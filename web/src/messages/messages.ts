import type { Messages } from './en.ts';
import type { Language } from './language.ts';

/** Each is a file of its own, so that a page fetches only its language. */
const FILES: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: async () => (await import('./en.ts')).en,
  de: async () => (await import('./de.ts')).de,
};

/** The texts in the page's language: there once `loadMessages` is through, so not to be read while modules are loaded. */
export let messages: Messages;
/** The page's language. */
export let language: Language = 'en';

/** To be awaited before anything is drawn. */
export async function loadMessages(chosen: Language): Promise<void> {
  messages = await FILES[chosen]();
  language = chosen;
}
