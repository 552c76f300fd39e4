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

export function readMeta(database: SqliteDatabase): EngineMeta {
  const row = database
    .prepare(
      'SELECT epoch, store_id, cache_epoch, incarnation, csn, change_seq, last_memory_id, clean_shutdown FROM engine_meta WHERE id = 1',
    )
    .raw(true)
    .get() as [string, string, number, number, number, number, number, number] | undefined;
  if (row === undefined)
    throw new MemoryDataCorruptionError('the engine_meta row is missing', {
      remedy: 'Restore a backup.',
    });
  const [epoch, storeId, cacheEpoch, incarnation, csn, changeSeq, lastMemoryId, clean] = row;
  const position = { incarnation, csn, changeSeq, lastMemoryId };
  return { epoch, storeId, cacheEpoch, ...position, cleanShutdown: clean === 1 };
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
