import { ApiProblem } from '../../api/problem.ts';
import { plainWords } from '../../messages/plain-words.ts';
import { type OrganiserTexts, en } from './en.ts';

/** The texts of the page's language; to add one, write its file and choose here. */
export const texts: OrganiserTexts = en;

/** What to tell an organiser of an error. */
export function organiserWords(error: unknown): string {
  const own = error instanceof ApiProblem ? texts.problems[error.code] : undefined;
  return own ?? plainWords(error);
}
