import { existsSync } from 'node:fs';
import type { Config } from '../../config.ts';
import {
  type HeldTrinitasV4,
  importRecords,
  MemoryConnectionError,
  type MemoryOperations,
  MemorySystemError,
  type RowFailure,
  type TransferRecord,
} from '../../engine/index.ts';
import { discard } from '../take-place.ts';
import { withMemories } from '../with-memories.ts';
import { differingFields } from './compare-record.ts';

/** Memories that are read again at a time. */
const PAGE = 100;

export interface BuildEvents {
  readonly onFailure: (failure: RowFailure) => void;
  readonly onNote: (key: string, note: string) => void;
  readonly onProgress: (phase: 'importing' | 'verifying', done: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface BuildCounts {
  readonly read: number;
  readonly imported: number;
  readonly failed: number;
  /** Read again from the new database and equal in every field. */
  readonly verified: number;
}

/** Removes what a killed run left at `path`. Throws MemoryConnectionError when that run is still under way. */
export async function clearPlace(path: string, config: Config, namespace: string): Promise<void> {
  if (!existsSync(path)) return;
  try {
    await withMemories(ownConfig(config, path), namespace, async () => undefined);
  } catch (error) {
    // Any other trouble is one with a file that is thrown away.
    if (error instanceof MemoryConnectionError && error.data['reason'] === 'owned') throw error;
  }
  await discard(path);
}

/**
 * Fills a new database at `path`, where nothing is, from a v4 file and reads everything again. Throws MemorySystemError when a
 * memory came out different.
 */
export async function buildDatabase(
  path: string,
  source: HeldTrinitasV4,
  config: Config,
  namespace: string,
  events: BuildEvents,
): Promise<BuildCounts> {
  return await withMemories(ownConfig(config, path), namespace, async (memories) => {
    const { read, imported, skipped, failed } = await importRecords(source.rows(), memories, {
      signal: events.signal,
      inOrder: true,
      onFailure: events.onFailure,
      onNote: events.onNote,
      onProgress: (counts) => events.onProgress('importing', counts.read, source.count),
    });
    if (skipped > 0) throw new MemorySystemError(`${skipped} memories were there before`);
    const verified = events.signal.aborted ? 0 : await verify(source, memories, imported, events);
    return { read, imported, failed, verified };
  });
}

/** The new database alone: Redis and Chroma, where configured, follow when it is served. */
function ownConfig(config: Config, path: string): Config {
  const backend = config.memory.backend === 'sqlite_sync' ? 'sqlite_sync' : 'sqlite';
  return { ...config, memory: { ...config.memory, backend, sqlite_path: path } };
}

async function verify(
  source: HeldTrinitasV4,
  memories: MemoryOperations,
  imported: number,
  events: BuildEvents,
): Promise<number> {
  let verified = 0;
  let page: TransferRecord[] = [];
  const check = async (): Promise<void> => {
    const found = await memories.getMany(page.map(({ key }) => ({ key })));
    for (const [index, record] of page.entries()) {
      const fields = differingFields(record, found[index] ?? null);
      // A row that failed is not there; the count below tells when another one is missing.
      if (fields.length === 0) verified += 1;
      else if (found[index] != null) throw different(record.key, fields);
    }
    events.onProgress('verifying', verified, imported);
    page = [];
  };
  for await (const row of source.rows()) {
    if (!('record' in row)) continue;
    page.push(row.record);
    if (page.length >= PAGE) await check();
  }
  if (page.length > 0) await check();
  if (verified === imported) return verified;
  throw new MemorySystemError(`${imported} memories were imported, but ${verified} are there`);
}

function different(key: string, fields: readonly string[]): MemorySystemError {
  return new MemorySystemError(`${key} came out different in ${fields.join(', ')}`, {
    remedy: 'Report this; the v4 file is unchanged.',
  });
}
