import type { Settlement } from '../backends/outbox-store.ts';
import type { ParticipantName } from '../model/participation.ts';
import type { SqliteDatabase } from './database.ts';
import { advanceCacheEpoch, readMeta } from './meta.ts';
import { countWork, deleteWork, forgetTarget } from './outbox.ts';
import type { ParticipantRecords } from './participant-records.ts';
import { forgetPublications, type Publications, requestPublications } from './publications.ts';
import type { StatementCache } from './statement-cache.ts';

/** What the outbox worker asks of the writer; each call is one commit. Errors: MemoryDataCorruptionError in quarantine. */
export class OutboxSession {
  readonly #database: SqliteDatabase;
  readonly #statements: StatementCache;
  readonly #publications: Publications | null;
  readonly #records: ParticipantRecords;
  readonly #requireSound: () => void;

  constructor(
    database: SqliteDatabase,
    statements: StatementCache,
    publications: Publications | null,
    records: ParticipantRecords,
    requireSound: () => void,
  ) {
    this.#database = database;
    this.#statements = statements;
    this.#publications = publications;
    this.#records = records;
    this.#requireSound = requireSound;
  }

  settle({ done, published }: Settlement): void {
    this.#commit(() => {
      const { csn } = readMeta(this.#database);
      deleteWork(this.#statements, done);
      for (const record of published) this.#publications?.published(record, csn);
    });
  }

  bumpCacheEpoch(): number {
    const epoch = this.#commit(() => advanceCacheEpoch(this.#database));
    this.#records.moved(epoch);
    return epoch;
  }

  /** Returns how many are open then. */
  requestPublications(all: boolean): number {
    if (this.#publications === null) return 0;
    const { embedderId } = this.#publications;
    this.#commit(() => requestPublications(this.#statements, embedderId, all));
    return countWork(this.#statements).chroma;
  }

  #commit<T>(change: () => T): T {
    this.#requireSound();
    return this.#database.transaction(change).immediate();
  }
}

/**
 * Inside a transaction, when the file is opened. What happened while a participant was not configured was not written down for it:
 * its cache begins with a new epoch, its vectors are published anew. Returns the cache epoch.
 */
export function meetParticipants(
  database: SqliteDatabase,
  statements: StatementCache,
  participants: readonly ParticipantName[],
  embedderId: number | null,
): number {
  if (participants.includes('chroma')) requestPublications(statements, embedderId, false);
  else {
    forgetTarget(statements, 'chroma');
    forgetPublications(statements);
  }
  if (participants.includes('redis')) return readMeta(database).cacheEpoch;
  forgetTarget(statements, 'redis');
  return advanceCacheEpoch(database);
}
