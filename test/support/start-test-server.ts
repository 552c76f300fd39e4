import { join } from 'node:path';
import { Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import {
  type EngineConfigInput,
  type MemoryManager,
  MemoryManagerFactory,
  type MemoryOperations,
} from '../../src/engine/index.ts';
import { createLogger } from '../../src/server/logger.ts';
import type { ServerConfig, ServerLimits } from '../../src/server/server-config.ts';
import { type RunningServer, startServer } from '../../src/server/start-server.ts';
import { loadTracing } from '../../src/server/tracing/load-tracing.ts';
import { usesFastLane } from './lane.ts';
import { makeTestFolder } from './open-test-engine.ts';
import { PATIENT_MEMORY } from './patient-memory.ts';

export interface TestServerOptions extends Partial<Omit<ServerConfig, 'limits'>> {
  readonly limits?: Partial<ServerLimits> | undefined;
  /** An existing file, for restarts. */
  readonly path?: string | undefined;
  /** Settings of the store beside its path. */
  readonly memory?: EngineConfigInput['memory'];
  readonly backup?: EngineConfigInput['backup'];
  readonly performance?: EngineConfigInput['performance'];
  /** Stands in front of the real operations, to count or to break calls. */
  readonly wrap?: ((memories: MemoryOperations) => MemoryOperations) | undefined;
}

export interface TestServer extends RunningServer {
  readonly manager: MemoryManager;
  readonly path: string;
  /** Lines of the log, parsed. */
  readonly log: readonly Record<string, unknown>[];
  /** Closes server and engine, as the process would. */
  stop(): Promise<void>;
}

/** The real server on a free port and a real file, with the defaults of the configuration; stopped when the test ends. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { limits, path: givenPath, memory, backup, performance, wrap, ...settings } = options;
  const path = givenPath ?? join(await makeTestFolder(), 'test.db');
  const defaults = loadConfig({ environment: {}, directory: '/' }).server;
  const config = {
    ...defaults,
    port: 0,
    shutdownGraceMs: 5_000,
    ...settings,
    limits: { ...defaults.limits, ...limits },
  };
  const log: Record<string, unknown>[] = [];
  const logger = createLogger(settings.logLevel ?? 'debug', collect(log));
  const tracing = await loadTracing(config.tracing, logger);
  const manager = await MemoryManagerFactory.getManager(
    { memory: { ...PATIENT_MEMORY, ...memory, sqlite_path: path }, backup, performance },
    { tracer: tracing?.engine },
  );
  const server = await startServer(
    config,
    wrap === undefined ? manager : { namespace: (name) => wrap(manager.namespace(name)) },
    logger,
    { tracing, fastLane: usesFastLane() },
  ).catch(async (error: unknown) => {
    await manager.cleanup();
    throw error;
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= server
      .close()
      .then(() => manager.cleanup())
      .then(() => tracing?.close());
    return stopped;
  };
  onTestFinished(stop);
  return { ...server, manager, path, log, stop };
}

function collect(lines: Record<string, unknown>[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
}
