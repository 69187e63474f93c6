import { z } from 'zod';
import { UUID_PATTERN } from '../id.ts';

/** An id in a path, query or body: a UUID in lower case. */
export const IdSchema = z
  .string()
  .regex(UUID_PATTERN, 'must be an id (a UUID in lower case)')
  .meta({ format: 'uuid' });

/** The ids that a path names: `idParams('holdId')` for `/api/holds/:holdId`. */
export function idParams<const Name extends string>(
  ...names: Name[]
): z.ZodObject<Record<Name, typeof IdSchema>> {
  const shape = Object.fromEntries(names.map((name) => [name, IdSchema]));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fromEntries forgets the names it was given
  return z.object(shape as Record<Name, typeof IdSchema>);
}
