import { onTestFinished } from 'vitest';
import { openSqlite } from '../../src/engine/backends/open-sqlite.ts';
import type { SqliteBackend } from '../../src/engine/backends/sqlite.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { MemorySpace } from '../support/memory-space.ts';
import { makeTestPath } from '../support/open-test-backend.ts';

/** A store whose threads a test may end. */
export interface CrashableSpace {
  readonly path: string;
  readonly backend: SqliteBackend;
  readonly space: MemorySpace;
}

export async function openCrashable(maxConnections = 4): Promise<CrashableSpace> {
  const path = await makeTestPath();
  const memory = { sqlite_path: path, max_connections: maxConnections };
  const backend = await openSqlite(parseEngineConfig({ memory }));
  onTestFinished(() => backend.close());
  return { path, backend, space: new MemorySpace(backend, 'main') };
}
