import type { ChromaEmbeddingFunction } from './chroma-embedding-function.ts';
import { embedInBatches } from './embed-in-batches.ts';
import type { Embedder, EmbeddingPurpose } from './embedder.ts';
import { closedError, embedderError } from './embedder-error.ts';
import { isPassingStatus } from './is-passing-status.ts';
import { redactSecrets } from './redact-secrets.ts';
import { runBounded } from './run-bounded.ts';
import { VectorCheck } from './vector-check.ts';

export interface ChromaEmbedderOptions {
  /** Names the function with everything that changes its vectors. */
  readonly model: string;
  /** Texts in one call. */
  readonly batchSize: number;
  /** One call is given up after this long; Chroma's interface has no way to end it. */
  readonly timeoutMs: number;
  /** Values that must not appear in errors. */
  readonly secrets: readonly string[];
}

/** Any object with Chroma's EmbeddingFunction interface as an Embedder. */
export class ChromaEmbedder implements Embedder {
  readonly model: string;
  readonly #options: ChromaEmbedderOptions;
  readonly #load: () => Promise<ChromaEmbeddingFunction>;
  readonly #check: VectorCheck;
  readonly #closing = new AbortController();
  #loaded: Promise<ChromaEmbeddingFunction> | null = null;

  /** `load` runs at the first call, and again after it failed. */
  constructor(options: ChromaEmbedderOptions, load: () => Promise<ChromaEmbeddingFunction>) {
    this.model = options.model;
    this.#options = options;
    this.#load = load;
    this.#check = new VectorCheck(options.model);
  }

  embed(
    texts: readonly string[],
    purpose: EmbeddingPurpose,
    signal: AbortSignal,
  ): Promise<readonly (Float32Array | null)[]> {
    return embedInBatches(texts, signal, {
      batchSize: this.#options.batchSize,
      prefix: '',
      byLength: false,
      check: this.#check,
      embedBatch: (batch) => this.#embedBatch(batch, purpose, signal),
    });
  }

  async close(): Promise<void> {
    this.#closing.abort(closedError(this.model));
  }

  #embedBatch(
    batch: readonly string[],
    purpose: EmbeddingPurpose,
    signal: AbortSignal,
  ): Promise<readonly unknown[]> {
    const { timeoutMs } = this.#options;
    const timedOut = (): Error =>
      embedderError(this.model, 'TIMEOUT', `no answer within ${timeoutMs / 1000} s`);
    return runBounded(
      { signals: [signal, this.#closing.signal], timeoutMs, timedOut },
      async () => {
        const made = await this.#function();
        const answer = await this.#generate(made, batch, purpose);
        if (Array.isArray(answer)) return answer;
        throw embedderError(this.model, 'ANSWER', 'its function did not answer with a list');
      },
    );
  }

  #function(): Promise<ChromaEmbeddingFunction> {
    if (this.#loaded === null) {
      const loading = this.#load();
      this.#loaded = loading;
      loading.catch(() => {
        this.#loaded = null;
      });
    }
    return this.#loaded;
  }

  async #generate(
    made: ChromaEmbeddingFunction,
    batch: readonly string[],
    purpose: EmbeddingPurpose,
  ): Promise<unknown> {
    try {
      return purpose === 'query' && made.generateForQueries !== undefined
        ? await made.generateForQueries([...batch])
        : await made.generate([...batch]);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const hidden = [...this.#options.secrets, ...batch];
      throw embedderError(
        this.model,
        'REFUSED',
        `its function failed: ${redactSecrets(message, hidden)}`,
        { retryable: isPassing(error) },
      );
    }
  }
}

/** Clients of HTTP APIs tell the status of the answer; what tells nothing may pass. */
function isPassing(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return true;
  const { status, status_code } = error as { status?: unknown; status_code?: unknown };
  const known = [status, status_code].find((one) => typeof one === 'number');
  return known === undefined || isPassingStatus(known);
}
