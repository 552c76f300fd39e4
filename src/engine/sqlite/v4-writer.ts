import Database from 'better-sqlite3';
import { MemoryConnectionError } from '../errors.ts';
import { V4_COLUMNS, type V4Column } from './v4-reader.ts';

/** A row for a v4 file, in the order of v4's columns; the id is given by the file. */
export type V4NewRow = Readonly<Record<V4Column, string | number | null>>;

/** v4's own table and indexes; idx_key doubles the index that UNIQUE already gives. */
const SCHEMA = `
  CREATE TABLE memory_store (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT UNIQUE NOT NULL,
    value TEXT NOT NULL,
    metadata TEXT,
    section TEXT,
    persona TEXT,
    importance REAL DEFAULT 0.5,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    accessed_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    access_count INTEGER DEFAULT 0
  );
  CREATE INDEX idx_key ON memory_store(key);
  CREATE INDEX idx_persona ON memory_store(persona);
  CREATE INDEX idx_importance ON memory_store(importance);
`;

/** Writes a new Trinitas v4 file with a rollback journal, in one transaction: until `finish` it holds no row. */
export class V4Writer {
  readonly #database: Database.Database;
  readonly #insert: Database.Statement;

  /** The file must be new or empty. */
  constructor(path: string) {
    try {
      this.#database = new Database(path);
    } catch (cause) {
      throw new MemoryConnectionError(`cannot create ${path}`, {
        cause,
        remedy: 'Check that the folder exists and that this user may write to it.',
      });
    }
    try {
      this.#database.pragma('journal_mode = DELETE');
      this.#database.pragma('synchronous = FULL');
      this.#database.exec(SCHEMA);
      const marks = V4_COLUMNS.map(() => '?').join(', ');
      this.#insert = this.#database.prepare(
        `INSERT INTO memory_store (${V4_COLUMNS.join(', ')}) VALUES (${marks})`,
      );
      this.#database.exec('BEGIN');
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  insert(row: V4NewRow): void {
    this.#insert.run(...V4_COLUMNS.map((column) => row[column]));
  }

  /** Everything is on the disk when this returns. */
  finish(): void {
    this.#database.exec('COMMIT');
  }

  /** What was not finished is gone. */
  close(): void {
    this.#database.close();
  }
}
