import { type RawBuilder, sql } from 'kysely';
import { UUID_PATTERN, toBytes, toHex } from './id.ts';

/** How a column is told: an id as BINARY(16), a whole number, or a text. */
const COLUMN_TYPES = { id: 'CHAR(32)', int: 'BIGINT', text: 'TEXT' } as const;
type ColumnType = keyof typeof COLUMN_TYPES;
type Cell = string | number | null;

export type JsonRows<Name extends string> = {
  /** What to select from or to join. */
  readonly table: RawBuilder<unknown>;
  /** A column, as an expression. */
  readonly of: (name: Name) => RawBuilder<unknown>;
};

/**
 * Rows for a statement to work on, as one parameter that the database takes apart (`JSON_TABLE`, MySQL 8 and MariaDB
 * 10.6): a fraction of what a parameter for each value costs to compose, escape and parse. A column that is the same in
 * all rows stands in the statement once, since taking a document apart is paid for by the cell.
 * `alias` and the columns' names become part of the statement as they are: never any input.
 */
export function jsonRows<Name extends string>(
  alias: string,
  types: Readonly<Record<Name, ColumnType>>,
  rows: readonly Readonly<Record<NoInfer<Name>, Cell>>[],
): JsonRows<Name> {
  const varying: Name[] = [];
  for (const name in types) if (rows.some((row) => row[name] !== rows[0]?.[name])) varying.push(name);
  const columns = ['`row` FOR ORDINALITY'];
  for (const [index, name] of varying.entries())
    columns.push(`\`${name}\` ${COLUMN_TYPES[types[name]]} PATH '$[${index}]'`);
  const document = rows.map((row) => varying.map((name) => written(row[name], types[name])));
  return {
    table: sql`JSON_TABLE(${literal(JSON.stringify(document))}, '$[*]' COLUMNS (${sql.raw(columns.join(', '))})) AS ${sql.raw(alias)}`,
    of(name) {
      const column = sql.raw(`${alias}.\`${name}\``);
      if (!varying.includes(name)) return constant(rows[0]?.[name] ?? null, types[name]);
      return types[name] === 'id' ? sql`UNHEX(${column})` : column;
    },
  };
}

/** Of ids, numbers and names: nothing that a literal would end with, or that the client or the database would read otherwise. */
const PLAIN = /^[\w[\]",:-]*$/;

/**
 * The client escapes a parameter character by character, each quotation mark of a document with a backslash: a tenth of
 * what a batch of holds costs its worker. A document of plain characters means the same as it stands; any other is a
 * parameter.
 */
function literal(text: string): RawBuilder<unknown> {
  return PLAIN.test(text) ? sql.raw(`'${text}'`) : sql`${text}`;
}

function written(cell: Cell, type: ColumnType): Cell {
  return type === 'id' && typeof cell === 'string' ? toHex(cell) : cell;
}

/** An id as a binary string: in MySQL and MariaDB alike what `x'...'` is. */
function constant(cell: Cell, type: ColumnType): RawBuilder<unknown> {
  if (cell === null) return sql.raw('NULL');
  if (typeof cell === 'number') return sql.lit(cell);
  if (type === 'id') return UUID_PATTERN.test(cell) ? sql.raw(`x'${toHex(cell)}'`) : sql`${toBytes(cell)}`;
  return literal(cell);
}
