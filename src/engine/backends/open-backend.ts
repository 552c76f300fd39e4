import type { EmbedderSetup } from '../embedding/embedder-setup.ts';
import type { EngineTracer } from '../engine-tracer.ts';
import type { EngineOptions } from '../options.ts';
import type { Backend } from './backend.ts';
import { NO_TRACE, type ProtocolTrace } from './hybrid/protocol-step.ts';
import { openSqlite } from './open-sqlite.ts';
import { openReplica } from './replica/open-replica.ts';

/**
 * Opens the primary store of the configuration, as its owner unless it is to be a replica. `hybrid` stores in SQLite too, with the participants that are configured around it.
 * Without an embedder memories get no vectors; without a tracer nothing is timed. `sqlite_sync` has no queue and no
 * thread to tell of.
 */
export async function openBackend(
  options: EngineOptions,
  embedder: EmbedderSetup | null = null,
  tracer: EngineTracer | null = null,
  trace: ProtocolTrace = NO_TRACE,
): Promise<Backend> {
  if (options.replica) return openReplica(options, embedder, tracer);
  if (options.backend === 'sqlite') return openSqlite(options, embedder, tracer);
  if (options.backend === 'hybrid') {
    // Brings the clients of Redis and Chroma, which nobody else needs.
    const { openHybrid } = await import('./hybrid/open-hybrid.ts');
    return openHybrid(options, embedder, tracer, trace);
  }
  // Loaded only when asked for: it brings the native library into the main thread.
  const { SqliteSyncBackend } = await import('./sqlite-sync.ts');
  return new SqliteSyncBackend(options, embedder);
}
