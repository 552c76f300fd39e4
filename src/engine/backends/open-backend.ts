import type { EngineOptions } from '../options.ts';
import type { Backend } from './backend.ts';
import { SqliteBackend } from './sqlite.ts';

/** Opens the primary store of the configuration. `hybrid` stores in SQLite too; its other parts are added around it. */
export async function openBackend(options: EngineOptions): Promise<Backend> {
  if (options.backend !== 'sqlite_sync') return SqliteBackend.open(options);
  // Loaded only when asked for: it brings the native library into the main thread.
  const { SqliteSyncBackend } = await import('./sqlite-sync.ts');
  return new SqliteSyncBackend(options);
}
