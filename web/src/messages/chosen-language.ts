import { type Language, languageFor } from './language.ts';

const KEPT_AS = 'holdfast.language';

/** The language that was chosen here, else the first of the browser's that we have. */
export function chosenLanguage(): Language {
  return languageFor([...remembered(), ...navigator.languages]);
}

/** Shows the pages in this language from now on. What is in the cart stays: it is the server's to keep. */
export function chooseLanguage(language: Language): void {
  try {
    localStorage.setItem(KEPT_AS, language);
  } catch {
    // Storage is blocked: the browser's own languages go on deciding.
  }
  location.reload();
}

function remembered(): string[] {
  try {
    const kept = localStorage.getItem(KEPT_AS);
    return kept === null ? [] : [kept];
  } catch {
    return [];
  }
}
