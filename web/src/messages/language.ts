/** The languages of the pages, each named in itself, in the order in which they are offered. */
export const LANGUAGES = [
  { code: 'en', name: 'English' },
  { code: 'de', name: 'Deutsch' },
] as const;
export type Language = (typeof LANGUAGES)[number]['code'];

/** The first that we have of the tags that are wanted ("de-AT" is German), else English. */
export function languageFor(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const [code] = tag.toLowerCase().split('-');
    const found = LANGUAGES.find((language) => language.code === code);
    if (found !== undefined) return found.code;
  }
  return 'en';
}
