import { ApiProblem, Unreachable } from '../api/problem.ts';
import { messages } from './messages.ts';
import { named } from './named.ts';

/** What to tell a buyer of an error: our own words where we have them, else the server's, never a stack or a code. */
export function plainWords(error: unknown): string {
  const { problems } = messages;
  if (error instanceof Unreachable) return problems.unreachable;
  if (!(error instanceof ApiProblem)) return problems.unexpected;
  const known = named(problems, error.code);
  if (known !== undefined) return known;
  return error.status < 500 && error.detail !== '' ? error.detail : problems.unexpected;
}
