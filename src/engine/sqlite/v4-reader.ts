import Database from 'better-sqlite3';
import { ValidationError } from '../errors.ts';
import { readFileHeader } from '../own-file.ts';

/** A column of a v4 row exactly as stored: integers as bigint, text as its bytes decoded strictly. */
export type V4Cell = string | number | bigint | null | V4Unreadable;

/** Stored bytes that are no text: a BLOB, or text that is invalid in the encoding of the file. */
export interface V4Unreadable {
  readonly unreadable: string;
}

/** Without the id, which is v4's own. */
export const V4_COLUMNS = [
  'key',
  'value',
  'metadata',
  'section',
  'persona',
  'importance',
  'created_at',
  'accessed_at',
  'access_count',
] as const;
export type V4Column = (typeof V4_COLUMNS)[number];

export type V4Row = { readonly id: bigint } & Readonly<Record<V4Column, V4Cell>>;

/** First bytes of every SQLite file (sqlite.org/fileformat.html). */
const MAGIC = 'SQLite format 3\0';

/**
 * A Trinitas v4 file, read without writing anything, also not beside it, so that it may lie in a directory without write
 * permission. Opening throws ValidationError for anything but a readable v4 file.
 */
export class V4File {
  readonly #database: Database.Database;

  constructor(path: string) {
    this.#database = open(path);
  }

  /**
   * From now until the file is closed it stays as it is: what is read is one state, and no commit of a running v4 goes
   * through. Reading its header by `fs` in this process would end that (engine.md pitfall 1).
   */
  hold(): void {
    this.#database.exec('BEGIN');
    this.count();
  }

  /** Rows of `memory_store` at this moment. */
  count(): number {
    return Number(this.#database.prepare('SELECT count(*) FROM memory_store').pluck().get());
  }

  /** The rows of `memory_store` in the order of their ids, `pageSize` rows per query. Unless the file is held, rows that a running v4 adds meanwhile are read too. */
  *rows(pageSize: number): Generator<V4Row> {
    const page = preparePage(this.#database);
    const decode = createDecoder(this.#database);
    let after = -(2n ** 63n);
    for (;;) {
      const rows = page.all(after, pageSize) as readonly Readonly<Record<string, unknown>>[];
      for (const row of rows) yield toRow(row, decode);
      const last = rows.at(-1)?.['id'];
      if (typeof last !== 'bigint') return;
      after = last;
    }
  }

  close(): void {
    this.#database.close();
  }
}

/** A WAL file cannot be read without creating files beside it, and v4 never made one. */
function assertRollbackJournal(path: string): void {
  const header = readFileHeader(path);
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new ValidationError(`${path} is not an SQLite database`);
  }
  if (header[18] === 2 || header[19] === 2) {
    throw new ValidationError(`${path} is in WAL mode, which a Trinitas v4 file never is`, {
      remedy: 'Make a copy and run `PRAGMA journal_mode=DELETE` on it, then import the copy.',
    });
  }
}

function open(path: string): Database.Database {
  assertRollbackJournal(path);
  const database = openReadOnly(path);
  try {
    assertMemoryStore(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function openReadOnly(path: string): Database.Database {
  try {
    return new Database(path, { readonly: true, fileMustExist: true }).defaultSafeIntegers(true);
  } catch (error) {
    throw new ValidationError(`${path} cannot be opened`, { cause: error });
  }
}

function assertMemoryStore(database: Database.Database, path: string): void {
  const found = readColumns(database, path);
  const missing = ['id', ...V4_COLUMNS].filter((column) => !found.has(column));
  if (missing.length === 0) return;
  const problem =
    found.size === 0
      ? 'has no table memory_store'
      : `lacks the columns ${missing.join(', ')} in memory_store`;
  throw new ValidationError(`${path} is not a Trinitas v4 file: it ${problem}`);
}

function readColumns(database: Database.Database, path: string): ReadonlySet<unknown> {
  try {
    return new Set(
      database.prepare("SELECT name FROM pragma_table_info('memory_store')").pluck().all(),
    );
  } catch (error) {
    throw new ValidationError(`${path} cannot be read as an SQLite database`, {
      cause: error,
      remedy:
        'If the program that wrote it was killed, open it once with that program so that it can roll back.',
    });
  }
}

/** Text as BLOB: better-sqlite3 would replace invalid bytes of a text without a word. */
function preparePage(database: Database.Database): Database.Statement {
  const cells = V4_COLUMNS.map(
    (name) =>
      `typeof(${name}) AS ${name}_type, iif(typeof(${name}) = 'text', CAST(${name} AS BLOB), ${name}) AS ${name}`,
  );
  return database.prepare(
    `SELECT id, ${cells.join(', ')} FROM memory_store WHERE id > ? ORDER BY id LIMIT ?`,
  );
}

type Decode = (bytes: Uint8Array) => V4Cell;

/** CAST AS BLOB gives text in the encoding of the file. */
function createDecoder(database: Database.Database): Decode {
  const encoding = String(database.pragma('encoding', { simple: true })).toLowerCase();
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return (bytes) => {
    try {
      return decoder.decode(bytes);
    } catch {
      return { unreadable: `is not valid ${encoding.toUpperCase()}` };
    }
  };
}

function toRow(row: Readonly<Record<string, unknown>>, decode: Decode): V4Row {
  const cells = V4_COLUMNS.map(
    (name) => [name, toCell(row[name], row[`${name}_type`], decode)] as const,
  );
  return { id: row['id'] as bigint, ...(Object.fromEntries(cells) as Record<V4Column, V4Cell>) };
}

function toCell(stored: unknown, type: unknown, decode: Decode): V4Cell {
  if (!(stored instanceof Uint8Array)) return stored as V4Cell;
  return type === 'text' ? decode(stored) : { unreadable: 'is a BLOB' };
}
