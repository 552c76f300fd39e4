import type { SqliteDatabase } from '../database.ts';
import type { StatementCache } from '../statement-cache.ts';
import { type Findings, REPAIR_REMEDY } from './findings.ts';
import { areaOf, areaOfName, readSchema, type SchemaName } from './table-area.ts';

/** Messages that SQLite gives at most; it stops looking then. */
const MAX_MESSAGES = 200;

/**
 * SQLite's own look at its pages (sqlite.org/pragma.html#pragma_integrity_check): `full` also compares every index with its table and
 * looks into the full-text index; both verify types and CHECK constraints.
 */
export function checkStructure(
  database: SqliteDatabase,
  statements: StatementCache,
  full: boolean,
  findings: Findings,
): void {
  const schema = readSchema(statements);
  const check = full ? 'integrity_check' : 'quick_check';
  const whole = messagesOf(database, `PRAGMA ${check}(${MAX_MESSAGES})`);
  for (const message of whole.messages) addMessage(message, schema, findings);
  // A page that cannot be read at all ended it: the other tables are looked at one by one.
  if (!whole.complete) {
    for (const { name, type } of schema)
      if (type === 'table') checkTable(database, name, check, schema, findings);
  }
  for (const row of statements.rows('PRAGMA foreign_key_check')) {
    const [table, rowId, parent] = row as [string, number | null, string];
    findings.structure({
      area: areaOf(table),
      table,
      id: rowId,
      problem: `a row of ${table} refers to a row of ${parent} that is not there`,
    });
  }
}

function checkTable(
  database: SqliteDatabase,
  table: string,
  check: string,
  schema: readonly SchemaName[],
  findings: Findings,
): void {
  const { messages, complete } = messagesOf(database, `PRAGMA ${check}("${table}")`);
  for (const message of messages) addMessage(message, schema, findings);
  if (complete || messages.length > 0) return;
  findings.structure({ area: areaOf(table), table, problem: `the table ${table} cannot be read` });
}

/** What was told, and whether the check came to its end. */
function messagesOf(
  database: SqliteDatabase,
  sql: string,
): { readonly messages: readonly string[]; readonly complete: boolean } {
  const messages: string[] = [];
  try {
    for (const row of database.prepare(sql).raw(true).iterate()) {
      const [message] = row as [string];
      if (message !== 'ok') messages.push(message);
    }
    return { messages, complete: true };
  } catch {
    // Told by the caller: damage is what a check is for.
    return { messages, complete: false };
  }
}

/** One message may have several lines, each about a page. */
function addMessage(message: string, schema: readonly SchemaName[], findings: Findings): void {
  for (const line of message.split('\n')) {
    if (line === '' || line.startsWith('*** in database')) continue;
    const { area, table } = placeOf(line, schema);
    findings.structure({ area, table, problem: `SQLite: ${line}`, remedy: REPAIR_REMEDY });
  }
}

/** Which part a message is about, as far as it can be told. */
function placeOf(
  line: string,
  schema: readonly SchemaName[],
): { readonly area: ReturnType<typeof areaOf>; readonly table: string } {
  const tree = /^Tree (\d+)\b/.exec(line);
  const named =
    tree === null
      ? schema.find(({ name }) => new RegExp(`(^|[ .])${escapeRegExp(name)}($|[ .:])`).test(line))
      : schema.find(({ rootPage }) => rootPage === Number(tree[1]));
  if (named !== undefined) return { area: areaOfName(named), table: named.table };
  if (/^(Freelist|Main freelist|Page \d+: never used|Page \d+ is never used)/.test(line))
    return { area: 'file', table: 'sqlite_schema' };
  return { area: 'unknown', table: 'sqlite_schema' };
}

function escapeRegExp(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
