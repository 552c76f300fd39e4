import type { SqliteDatabase } from '../database.ts';
import { isTaken, salvageByRowId, salvageFromEnds } from './salvage.ts';

interface Column {
  readonly name: string;
  readonly pk: number;
}

/**
 * Copies what can be read of a table into the table of the same name, column by column as far as both have it; a row that the new one
 * refuses is left out. True when every row could be read.
 */
export function copyTable(source: SqliteDatabase, target: SqliteDatabase, table: string): boolean {
  const columns = sharedColumns(source, target, table);
  if (columns.length === 0) return true;
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  const insert = target.prepare(
    `INSERT OR IGNORE INTO main."${table}" (${names}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  if (!hasRowId(target, table)) {
    const key = columns.filter(({ pk }) => pk > 0).toSorted((left, right) => left.pk - right.pk);
    const order = key.map(({ name }) => name);
    return salvageFromEnds(source, table, names, order, (row) => isTaken(insert, row));
  }
  return salvageByRowId(source, table, names, (row) => isTaken(insert, row.slice(1))).length === 0;
}

/** Tables of the new file, those of full-text indexes and of SQLite itself left out. */
export function ordinaryTables(database: SqliteDatabase): readonly string[] {
  const rows = database.pragma('table_list') as { schema: string; name: string; type: string }[];
  return rows
    .filter(
      ({ schema, name, type }) =>
        schema === 'main' && type === 'table' && !name.startsWith('sqlite_'),
    )
    .map(({ name }) => name);
}

function sharedColumns(
  source: SqliteDatabase,
  target: SqliteDatabase,
  table: string,
): readonly Column[] {
  const columnsOf = (database: SqliteDatabase): Column[] =>
    database.pragma(`main.table_info("${table}")`) as Column[];
  const known = new Set(columnsOf(source).map(({ name }) => name));
  return columnsOf(target).filter(({ name }) => known.has(name));
}

function hasRowId(database: SqliteDatabase, table: string): boolean {
  const rows = database.pragma('table_list') as { schema: string; name: string; wr: number }[];
  return rows.some(({ schema, name, wr }) => schema === 'main' && name === table && wr === 0);
}
