/** Turns what the network brought into a value that can be trusted, or throws `UnexpectedAnswer`. */
export type Reader<Value> = (input: unknown, place: string) => Value;
export type ReadBy<Of> = Of extends Reader<infer Value> ? Value : never;

/** The server sent something else than its documentation says. */
export class UnexpectedAnswer extends Error {
  override name = 'UnexpectedAnswer';
}

export const text: Reader<string> = (input, place) => {
  if (typeof input !== 'string') throw new UnexpectedAnswer(`${place} is not a text`);
  return input;
};

export const number: Reader<number> = (input, place) => {
  if (typeof input !== 'number') throw new UnexpectedAnswer(`${place} is not a number`);
  return input;
};

export const flag: Reader<boolean> = (input, place) => {
  if (typeof input !== 'boolean') throw new UnexpectedAnswer(`${place} is not true or false`);
  return input;
};

/** Absent, null and undefined are all null. */
export function orNull<Value>(reader: Reader<Value>): Reader<Value | null> {
  return (input, place) => (input === undefined || input === null ? null : reader(input, place));
}

export function listOf<Value>(reader: Reader<Value>): Reader<Value[]> {
  return (input, place) => {
    if (!Array.isArray(input)) throw new UnexpectedAnswer(`${place} is not a list`);
    return input.map((item: unknown, index) => reader(item, `${place}[${index}]`));
  };
}

export function oneOf<const Words extends readonly string[]>(...words: Words): Reader<Words[number]> {
  return (input, place) => {
    const word = words.find((known) => known === input);
    if (word === undefined) throw new UnexpectedAnswer(`${place} is none of ${words.join(', ')}`);
    return word;
  };
}

type Shape = Readonly<Record<string, Reader<unknown>>>;

/** Fields that are not named are left out, so that the API may grow. */
export function shape<Fields extends Shape>(
  fields: Fields,
): Reader<{ -readonly [Name in keyof Fields]: ReadBy<Fields[Name]> }> {
  return (input, place) => {
    const source = record(input, place);
    const entries = Object.entries(fields).map(([name, reader]) => [
      name,
      reader(source[name], `${place}.${name}`),
    ]);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fromEntries forgets the names it was given
    return Object.fromEntries(entries) as { -readonly [Name in keyof Fields]: ReadBy<Fields[Name]> };
  };
}

export function record(input: unknown, place: string): Record<string, unknown> {
  if (typeof input !== 'object' || input === null) throw new UnexpectedAnswer(`${place} is not an object`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- any object may be read by its names
  return input as Record<string, unknown>;
}

/** A page of a list, as every list of the API comes. */
export function pageOf<Item>(item: Reader<Item>) {
  return shape({ items: listOf(item), page: number, limit: number, total: number });
}
