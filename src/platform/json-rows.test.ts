import { DummyDriver, Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, sql } from 'kysely';
import { expect, it } from 'vitest';
import { newId, toBytes, toHex } from './id.ts';
import { jsonRows } from './json-rows.ts';

const db = new Kysely<object>({
  dialect: {
    createAdapter: () => new MysqlAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (inner) => new MysqlIntrospector(inner),
    createQueryCompiler: () => new MysqlQueryCompiler(),
  },
});

it('rows of a document / carry what differs, and what is the same in all of them once', () => {
  const [event, one, two] = [newId(), newId(), newId()];
  const { table, of } = jsonRows('row_of', { event: 'id', hold: 'id', seat: 'int', note: 'text' }, [
    { event, hold: one, seat: 1, note: null },
    { event, hold: two, seat: 2, note: null },
  ]);
  const statement =
    sql`SELECT ${of('event')}, ${of('hold')}, ${of('seat')}, ${of('note')} FROM ${table}`.compile(db);
  expect(statement.parameters).toEqual([]);
  expect(statement.sql).toMatch(new RegExp(`^SELECT x'${toHex(event)}', UNHEX\\(.*\\), .*, NULL FROM`));
  expect(statement.sql).toContain(`JSON_TABLE('[["${toHex(one)}",1],["${toHex(two)}",2]]', '$[*]'`);
});

it.each(["it's", 'a \\ b', 'who?', '"', ';', 'é', '\n', '`', '%', ' '])(
  'a document in which there is more than ids, numbers and names (%j) / is a parameter',
  (text) => {
    const rows = [{ note: text }, { note: 'plain' }];
    const { sql: words, parameters } = sql`${jsonRows('row_of', { note: 'text' }, rows).table}`.compile(db);
    expect(parameters).toEqual([JSON.stringify([[text], ['plain']])]);
    expect(words).not.toContain('plain');
  },
);

it.each(["it's", '\\', '?', ' '])(
  'what is the same in all rows, and more than ids, numbers and names (%j) / is a parameter',
  (text) => {
    const { of } = jsonRows('row_of', { id: 'id', note: 'text' }, [{ id: text, note: text }]);
    const { sql: words, parameters } = sql`${of('id')}, ${of('note')}`.compile(db);
    expect(parameters).toEqual([toBytes(text), text]);
    expect(words).toBe('?, ?');
  },
);
