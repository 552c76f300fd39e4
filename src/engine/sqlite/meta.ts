import { MemoryDataCorruptionError } from '../errors.ts';
import type { SqliteDatabase } from './database.ts';

export interface EngineMeta {
  readonly epoch: string;
  /** Names the database to caches and vector stores; survives a restore. */
  readonly storeId: string;
  readonly cacheEpoch: number;
  readonly incarnation: number;
  readonly csn: number;
  readonly changeSeq: number;
  readonly lastMemoryId: number;
  /** False when the last writer did not close the file. */
  readonly cleanShutdown: boolean;
}

interface MetaRow {
  readonly epoch: string;
  /** Not in files of schema version 1, which verify and repair read too. */
  readonly store_id?: string;
  readonly cache_epoch: number;
  readonly incarnation: number;
  readonly csn: number;
  readonly change_seq: number;
  readonly last_memory_id: number;
  readonly clean_shutdown: number;
}

export function readMeta(database: SqliteDatabase): EngineMeta {
  const row = database.prepare('SELECT * FROM engine_meta WHERE id = 1').get() as
    | MetaRow
    | undefined;
  if (row === undefined)
    throw new MemoryDataCorruptionError('the engine_meta row is missing', {
      remedy: 'Restore a backup.',
    });
  return {
    epoch: row.epoch,
    storeId: row.store_id ?? '',
    cacheEpoch: row.cache_epoch,
    incarnation: row.incarnation,
    csn: row.csn,
    changeSeq: row.change_seq,
    lastMemoryId: row.last_memory_id,
    cleanShutdown: row.clean_shutdown === 1,
  };
}

/** Counts the start and marks the file as in use. */
export function beginIncarnation(database: SqliteDatabase): number {
  return Number(
    database
      .prepare(
        'UPDATE engine_meta SET incarnation = incarnation + 1, clean_shutdown = 0 WHERE id = 1 RETURNING incarnation',
      )
      .pluck()
      .get(),
  );
}

export function markCleanShutdown(database: SqliteDatabase): void {
  database.prepare('UPDATE engine_meta SET clean_shutdown = 1 WHERE id = 1').run();
}

/** Whatever caches hold is out of reach from the commit on; returns the new epoch. */
export function advanceCacheEpoch(database: SqliteDatabase): number {
  return Number(
    database
      .prepare(
        'UPDATE engine_meta SET cache_epoch = cache_epoch + 1 WHERE id = 1 RETURNING cache_epoch',
      )
      .pluck()
      .get(),
  );
}
