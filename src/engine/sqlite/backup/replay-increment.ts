import type { ProgressBoard } from '../../backup/progress-board.ts';
import { MemoryDataCorruptionError } from '../../errors.ts';
import type { ChangeRecord } from '../../model/change.ts';
import type { MemoryRecord } from '../../model/memory-record.ts';
import { appendChange, CHANGE_COLUMNS, changeFromRow } from '../change-log.ts';
import type { SqliteDatabase } from '../database.ts';
import { keepBeforeImage, oldestLoggedCsn } from '../history-trim.ts';
import { IndexBatch } from '../index-batch.ts';
import {
  deleteMemory,
  findMemoryById,
  insertMemory,
  setAccess,
  updateMemory,
} from '../memories.ts';
import { personaChecksum } from '../personas.ts';
import { storedForm } from '../record-row.ts';
import type { StatementCache } from '../statement-cache.ts';
import { VectorWriter } from '../vector-writer.ts';

/** Changes of one transaction: bounds the journal in memory and the texts that wait for their index. */
const BATCH = 2_000;

const SELECT = `SELECT ${CHANGE_COLUMNS} FROM increment.changes WHERE seq > ? ORDER BY seq LIMIT ?`;
const INSERT_PERSONA =
  'INSERT OR IGNORE INTO main.personas (id, namespace, name, created_at, crc) VALUES (?, ?, ?, ?, ?)';
const LATER_PERSONA =
  'SELECT id, created_at FROM increment.personas WHERE namespace = ? AND name = ?';
const SELECT_PERSONA = 'SELECT id FROM main.personas WHERE namespace = ? AND name = ?';

/** Where a replay ended. */
export interface ReplayEnd {
  /** Newest entry of the change log that was applied. */
  readonly seq: number;
  /** Commit before the first one that was left out; null when the increment was applied to its end. */
  readonly stoppedBefore: number | null;
}

/**
 * Applies the change log of an attached increment to a database that nobody else has open, as the writer once did. The
 * vectors of what changes are dropped and the engine makes them anew at its next start: they are in no log. Errors:
 * MemoryDataCorruptionError when an entry does not continue the database.
 */
export class Replay {
  readonly #database: SqliteDatabase;
  readonly #statements: StatementCache;
  readonly #vectors: VectorWriter;
  readonly #personas = new Map<string, number>();
  readonly #isWanted: (change: ChangeRecord) => boolean;
  #oldestCsn: number | undefined;

  /** Stops before the first unit of work of which a change is not wanted. */
  constructor(
    database: SqliteDatabase,
    statements: StatementCache,
    isWanted: (change: ChangeRecord) => boolean,
  ) {
    this.#database = database;
    this.#statements = statements;
    this.#vectors = new VectorWriter(statements, null, null);
    this.#isWanted = isWanted;
  }

  run(afterSeq: number, board: ProgressBoard): ReplayEnd {
    for (let seq = afterSeq; ; ) {
      const changes = this.#statements.rows(SELECT, seq, BATCH).map(changeFromRow);
      // All changes of a unit have the same time and commit number, so a unit is never cut in two.
      const end = changes.findIndex((change) => !this.#isWanted(change));
      const wanted = end === -1 ? changes : changes.slice(0, end);
      this.#database.transaction(() => this.#apply(wanted, seq)).immediate();
      board.advance(wanted.length);
      seq += wanted.length;
      const stop = changes[wanted.length];
      if (stop !== undefined) return { seq, stoppedBefore: stop.csn - 1 };
      if (changes.length < BATCH) return { seq, stoppedBefore: null };
    }
  }

  #apply(changes: readonly ChangeRecord[], afterSeq: number): void {
    const indexes = new IndexBatch(this.#statements, this.#vectors);
    let expected = afterSeq;
    for (const change of changes) {
      expected += 1;
      if (change.seq !== expected) throw broken(expected);
      // The log only grows here, so its oldest entry stays; an empty one begins with this change.
      this.#oldestCsn ??= oldestLoggedCsn(this.#statements) ?? change.csn;
      this.#applyOne(change, this.#oldestCsn);
      const { id } = change.record;
      const kind = ({ created: 'insert', updated: 'replace', deleted: 'delete' } as const)[
        change.kind
      ];
      indexes.add(new Map([[id, { kind, record: change.record }]]));
    }
    indexes.apply();
  }

  #applyOne(change: ChangeRecord, oldestCsn: number): void {
    const { kind, record } = change;
    const before = findMemoryById(this.#statements, record.id);
    if ((kind === 'created') !== (before === undefined)) throw broken(change.seq);
    // The log must go on holding what a memory was before its oldest entry.
    if (before !== undefined && before.csn < oldestCsn) keepBeforeImage(this.#statements, before);
    const stored = storedForm(record);
    if (before === undefined)
      insertMemory(this.#statements, record, stored, this.#personaId(record));
    else if (kind === 'updated')
      updateMemory(this.#statements, before, record, stored, this.#personaId(record));
    else deleteMemory(this.#statements, record.id);
    if (kind !== 'deleted' && (record.accessCount > 0 || record.accessedAt !== record.createdAt))
      setAccess(this.#statements, record.id, record.accessedAt, record.accessCount);
    appendChange(this.#statements, change, stored);
  }

  /** A persona is made by the first memory that names it, under the id that it always had. */
  #personaId({ namespace, persona }: MemoryRecord): number | null {
    if (persona === null) return null;
    const key = `${namespace}\0${persona}`;
    const known = this.#personas.get(key);
    if (known !== undefined) return known;
    const later = this.#statements.row(LATER_PERSONA, namespace, persona);
    if (later !== undefined) {
      const [laterId, createdAt] = later as [number, number];
      const crc = personaChecksum(namespace, persona, createdAt);
      this.#statements.run(INSERT_PERSONA, laterId, namespace, persona, createdAt, crc);
    }
    const id = this.#statements.row(SELECT_PERSONA, namespace, persona)?.[0] as number | undefined;
    if (id === undefined)
      throw new MemoryDataCorruptionError(`the persona ${persona} is in no backup`);
    this.#personas.set(key, id);
    return id;
  }
}

function broken(seq: number): MemoryDataCorruptionError {
  return new MemoryDataCorruptionError(
    `entry ${seq} of the change log does not continue the backup before it`,
    { remedy: 'Restore an earlier point, or the full backup alone.' },
  );
}
