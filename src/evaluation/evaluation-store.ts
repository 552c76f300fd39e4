import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EngineConfig,
  type EngineOptions,
  importRecords,
  type MemoryOperations,
  MemoryTimeoutError,
  openEngine,
  parseEngineConfig,
  type RecallMode,
  type TransferSource,
} from '../engine/index.ts';

/** A memory to import, or why there is none. */
export type ImportRow = TransferSource extends AsyncIterable<infer Row> ? Row : never;

/** A row that could not be stored: its key, and why. */
export interface StoreFailure {
  readonly key: string;
  readonly reason: string;
}

/** How whoever started an evaluation follows and stops it. */
export interface EvaluationHooks {
  readonly signal?: AbortSignal | undefined;
  /** After each question. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** For each memory that could not be stored. */
  readonly onFailure?: ((failure: StoreFailure) => void) | undefined;
}

export interface StoreCounts {
  readonly memories: number;
  readonly failedMemories: number;
}

export interface Answer {
  /** Keys of the hits, best first. */
  readonly keys: readonly string[];
  /** From the call to the answer, milliseconds. */
  readonly ms: number;
  readonly servedMode: RecallMode;
  readonly degraded: boolean;
}

export interface Ask {
  readonly query: string;
  readonly mode: RecallMode;
  readonly limit: number;
}

const NAMESPACE = 'evaluation';

/** A model on one core embeds some 70 texts a second, so this is for a quarter of a million. */
const INDEX_TIMEOUT_MS = 3_600_000;
const INDEX_TURN_MS = 1_000;

/**
 * How the engine under test is set up: as configured, with another `memory.embedder` if one is given. ValidationError when that
 * cannot be.
 */
export function evaluationOptions(
  config: Pick<EngineConfig, 'memory' | 'history'>,
  embedder: unknown,
): EngineOptions {
  const { memory, history } = config;
  return parseEngineConfig({
    memory: {
      ...memory,
      ...(embedder === undefined ? {} : { embedder }),
      // A Redis or Chroma that others use is none of an evaluation's business.
      backend: memory.backend === 'sqlite_sync' ? 'sqlite_sync' : 'sqlite',
      // Each question is measured anew.
      cache_size: 0,
    },
    history,
  });
}

/** Provider and model of the embedder; its other settings may hold secrets. */
export function embedderName({ embedder }: EngineOptions): string {
  const model =
    ('model' in embedder && embedder.model) ||
    ('package' in embedder && embedder.package) ||
    ('path' in embedder && embedder.path);
  return model ? `${embedder.provider} ${model}` : embedder.provider;
}

/** A database of its own in a temporary folder, wherever the options put theirs; gone when `use` has ended, whatever happens. */
export async function withEvaluationStore<T>(
  options: EngineOptions,
  use: (store: EvaluationStore) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'trinitas-eval-'));
  try {
    const engine = await openEngine({ ...options, path: join(folder, 'evaluation.db') });
    try {
      return await use(new EvaluationStore(engine.namespace(NAMESPACE)));
    } finally {
      await engine.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The engine's own way in and out: import, index, recall. */
export class EvaluationStore {
  readonly #memories: MemoryOperations;

  constructor(memories: MemoryOperations) {
    this.#memories = memories;
  }

  /**
   * Stores the rows and returns when recall finds them. One recall is thrown away, so that no question pays for what the first one
   * loads.
   */
  async fill(
    rows: Iterable<ImportRow>,
    mode: RecallMode,
    { signal, onFailure }: EvaluationHooks,
  ): Promise<StoreCounts> {
    let failedMemories = 0;
    const { imported, skipped } = await importRecords(eachOf(rows), this.#memories, {
      signal,
      onFailure: (failure) => {
        failedMemories += 1;
        onFailure?.(failure);
      },
    });
    signal?.throwIfAborted();
    await this.#indexed(signal);
    await this.ask({ query: 'memory', mode, limit: 1 });
    return { memories: imported + skipped, failedMemories };
  }

  /** One recall that leaves no trace; hits are not counted as accessed. */
  async ask({ query, mode, limit }: Ask): Promise<Answer> {
    const startedAt = performance.now();
    const result = await this.#memories.recall({ query, mode, limit, touch: false });
    const ms = performance.now() - startedAt;
    return {
      keys: result.hits.map((hit) => hit.key),
      ms,
      servedMode: result.servedMode,
      degraded: result.degraded,
    };
  }

  /** Waits in short turns, so that Ctrl-C need not wait for a slow embedder. */
  async #indexed(signal: AbortSignal | undefined): Promise<void> {
    const deadline = performance.now() + INDEX_TIMEOUT_MS;
    for (;;) {
      try {
        await this.#memories.indexed({ timeoutMs: INDEX_TURN_MS });
        return;
      } catch (error) {
        const mayWait = error instanceof MemoryTimeoutError && performance.now() < deadline;
        if (!mayWait) throw error;
        signal?.throwIfAborted();
      }
    }
  }
}

async function* eachOf(rows: Iterable<ImportRow>): AsyncGenerator<ImportRow> {
  yield* rows;
}
