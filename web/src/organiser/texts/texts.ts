import { ApiProblem } from '../../api/problem.ts';
import type { Language } from '../../messages/language.ts';
import { named } from '../../messages/named.ts';
import { plainWords } from '../../messages/plain-words.ts';
import type { OrganiserTexts } from './en.ts';

const FILES: Readonly<Record<Language, () => Promise<OrganiserTexts>>> = {
  en: async () => (await import('./en.ts')).en,
  de: async () => (await import('./de.ts')).de,
};

/** The organiser's texts in the page's language: there once `loadTexts` is through. */
export let texts: OrganiserTexts;

/** To be awaited before any of the organiser's pages is drawn. */
export async function loadTexts(chosen: Language): Promise<void> {
  texts = await FILES[chosen]();
}

/** What to tell an organiser of an error. */
export function organiserWords(error: unknown): string {
  const own = error instanceof ApiProblem ? named(texts.problems, error.code) : undefined;
  return own ?? plainWords(error);
}
