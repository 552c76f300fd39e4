import type { LostMemory, RestoredMemory } from '../../integrity-report.ts';
import type { MemoryRecord } from '../../model/memory-record.ts';
import type { SqliteDatabase } from '../database.ts';
import { findMemory, findMemoryById, insertMemory } from '../memories.ts';
import { PersonaIds } from '../personas.ts';
import { readRow, storedForm } from '../record-row.ts';
import { StatementCache } from '../statement-cache.ts';
import { isDamage, type LostRange, salvageByRowId } from './salvage.ts';

const COLUMNS =
  'namespace, key, value, metadata, tags, section, persona_id, importance, version, csn, created_at, updated_at, expires_at, crc';
/** The unique index holds name and id of every memory, also of those whose rows cannot be read. */
const NAMES =
  'SELECT namespace, key, id FROM main.memories INDEXED BY sqlite_autoindex_memories_1 ORDER BY namespace, key';

export interface SalvagedMemories {
  readonly saved: number;
  readonly restored: readonly RestoredMemory[];
  readonly lost: readonly LostMemory[];
}

interface Surroundings {
  readonly source: SqliteDatabase;
  readonly target: SqliteDatabase;
  readonly backup: SqliteDatabase | null;
  /** Names of personas by their ids in the damaged file. */
  readonly personas: ReadonlyMap<number, string>;
  /** What the log says of each memory; null = it was deleted. */
  readonly newest: ReadonlyMap<number, MemoryRecord | null>;
  /** No entry of the log is missing, so that what it says is the newest. */
  readonly logComplete: boolean;
  readonly now: number;
}

/** Copies the memories that can be read, and fills the others from the newest of what the change log and the backup hold. */
export function salvageMemories(surroundings: Surroundings): SalvagedMemories {
  const salvager = new MemorySalvager(surroundings);
  salvager.copySound();
  return salvager.fillLost();
}

class MemorySalvager {
  readonly #around: Surroundings;
  readonly #statements: StatementCache;
  readonly #personaIds = new PersonaIds();
  readonly #backup: StatementCache | null;
  /** Commit numbers of the memories in the new file. */
  readonly #saved = new Map<number, number>();
  /** Names of memories that cannot be read, as far as anything tells them. */
  readonly #lost = new Map<number, { readonly namespace: string; readonly key: string } | null>();
  #lostRanges: readonly LostRange[] = [];

  constructor(around: Surroundings) {
    this.#around = around;
    this.#statements = new StatementCache(around.target);
    this.#backup = around.backup === null ? null : new StatementCache(around.backup);
  }

  copySound(): void {
    const { source, personas, newest } = this.#around;
    this.#lostRanges = salvageByRowId(source, 'memories', COLUMNS, (row) => {
      const [id, namespace, key, value, metadata, tags, section, personaId] = row;
      if (this.#saved.has(id as number)) return;
      const [importance, version, csn, createdAt, updatedAt, expiresAt, crc] = row.slice(8);
      const persona = personaId === null ? null : personas.get(personaId as number);
      const named = [id, namespace, key, value, metadata, tags, section, persona];
      const { record, sound } = readRow([
        ...[...named, importance, version, csn, createdAt, updatedAt, createdAt, 0, expiresAt, crc],
      ]);
      if (sound) this.#insert(record);
      else this.#lost.set(id as number, null);
    });
    this.#nameLost();
    // What the log knows a newer state of was read from a page of the past.
    for (const [id, record] of newest) {
      const csn = this.#saved.get(id);
      if (record === null ? csn !== undefined : csn === undefined || csn < record.csn)
        this.#lost.set(id, record);
    }
  }

  fillLost(): SalvagedMemories {
    const { newest, logComplete } = this.#around;
    const restored: RestoredMemory[] = [];
    const lost: LostMemory[] = [];
    const stale = [...this.#lost.keys()].filter((id) => this.#saved.has(id));
    for (const id of stale) this.#statements.run('DELETE FROM memories WHERE id = ?', id);
    const saved = this.#saved.size - stale.length;
    for (const [id, name] of this.#lost) {
      const logged = newest.get(id);
      // The log says that it was deleted: nothing is lost.
      if (logged === null) continue;
      const kept = this.#inBackup(id);
      const fromBackup = kept !== undefined && (logged === undefined || kept.csn > logged.csn);
      const record = fromBackup ? kept : logged;
      const known = record ?? name;
      if (known !== null && findMemory(this.#statements, known.namespace, known) !== undefined)
        continue;
      if (record === undefined) {
        lost.push({ id, namespace: name?.namespace ?? null, key: name?.key ?? null });
        continue;
      }
      this.#insert(record);
      const { namespace, key, version } = record;
      const from = fromBackup ? 'backup' : 'change log';
      restored.push({ namespace, key, id, version, from, mayBeOlder: !logComplete });
    }
    return { saved, restored, lost };
  }

  /** Whose rows are gone: told by the index, as far as that can be read, and by the backup for the ids in unreadable pages. */
  #nameLost(): void {
    const { source } = this.#around;
    for (const order of ['ASC', 'DESC']) {
      const sql = NAMES.replaceAll(/namespace, key$/g, `namespace ${order}, key ${order}`);
      try {
        for (const row of source.prepare(sql).raw(true).iterate()) {
          const [namespace, key, id] = row as [string, string, number];
          if (!this.#saved.has(id)) this.#lost.set(id, { namespace, key });
        }
        break;
      } catch (error) {
        if (!isDamage(error)) throw error;
      }
    }
    for (const { from, to } of this.#lostRanges) {
      const rows = this.#backup?.rows(
        'SELECT id, namespace, key FROM memories WHERE id BETWEEN ? AND ?',
        from,
        to,
      );
      for (const [id, namespace, key] of rows ?? []) {
        if (!this.#saved.has(id as number) && !this.#lost.has(id as number))
          this.#lost.set(id as number, { namespace: namespace as string, key: key as string });
      }
    }
  }

  #inBackup(id: number): MemoryRecord | undefined {
    if (this.#backup === null) return undefined;
    return findMemoryById(this.#backup, id);
  }

  #insert(record: MemoryRecord): void {
    const { namespace, persona } = record;
    const personaId =
      persona === null
        ? null
        : this.#personaIds.ensure(this.#statements, namespace, persona, this.#around.now);
    insertMemory(this.#statements, record, storedForm(record), personaId);
    this.#saved.set(record.id, record.csn);
  }
}
