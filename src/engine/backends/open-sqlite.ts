import { resolve } from 'node:path';
import type { EmbedderSetup } from '../embedding/embedder-setup.ts';
import type { EngineTracer } from '../engine-tracer.ts';
import type { ParticipantName } from '../model/participation.ts';
import type { EngineOptions } from '../options.ts';
import type { ThreadOptions } from '../pool/protocol.ts';
import { ReaderPool } from '../pool/reader-pool.ts';
import { Writer } from '../pool/writer.ts';
import { ownerInfo } from './owner-info.ts';
import { SlowLog } from './slow-log.ts';
import { SqliteBackend } from './sqlite.ts';
import { initialReaders } from './thread-figures.ts';

/** The writer opens first: it makes and migrates the file that the readers then find. */
export async function openSqlite(
  options: EngineOptions,
  embedder: EmbedderSetup | null = null,
  tracer: EngineTracer | null = null,
  participants: readonly ParticipantName[] = [],
): Promise<SqliteBackend> {
  const slow = new SlowLog();
  const events = { onSlow: (statement: Parameters<SlowLog['add']>[0]) => slow.add(statement) };
  const path = resolve(options.path);
  const thread: ThreadOptions = {
    path,
    role: 'writer',
    synchronous: options.synchronous,
    mmapSize: options.mmapSize,
    slowQueryMs: options.slowQueryMs,
    disk: { ballastBytes: options.ballastBytes, minFreeBytes: options.minFreeBytes },
    embedder,
    participants,
  };
  const writer = new Writer({
    thread,
    retryBackoff: options.retryBackoff,
    retryAttempts: options.retryAttempts,
    events,
    tracer,
  });
  const session = await writer.open();
  const readers = new ReaderPool(initialReaders(options.maxConnections), {
    thread: { ...thread, role: 'reader' },
    retryBackoff: options.retryBackoff,
    retryAttempts: options.retryAttempts,
    connectionTimeoutMs: options.connectionTimeoutMs,
    events,
    tracer,
  });
  const info = ownerInfo({ backend: 'sqlite', path, synchronous: options.synchronous }, session);
  const backend = new SqliteBackend(info, options, writer, readers, slow, session);
  try {
    await readers.ready();
    return backend;
  } catch (error) {
    await backend.close();
    throw error;
  }
}
