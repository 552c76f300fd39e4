import { type Backoff, backoffMs } from '../backoff.ts';
import { ParticipantUnavailableError } from '../errors.ts';
import { interruptibleWait } from '../interruptible-wait.ts';
import { embedInBatches } from './embed-in-batches.ts';
import type { Embedder, EmbeddingPurpose } from './embedder.ts';
import type { OpenAiConfig } from './embedder-config.ts';
import { closedError, embedderError } from './embedder-error.ts';
import { modelName } from './model-name.ts';
import { type OpenAiEndpoint, requestEmbeddings } from './openai-request.ts';
import { runBounded } from './run-bounded.ts';
import { VectorCheck } from './vector-check.ts';

/** Waits of up to 0.25, 0.5, 1, 2, 4 and then 8 seconds, unless the server names its own. */
const BACKOFF: Backoff = { baseMs: 250, factor: 2, capMs: 8_000 };
/** A server that asks for more is left to the caller, who knows whether anybody still waits for the answer. */
const MAX_RETRY_AFTER_MS = 30_000;

/**
 * Any server with OpenAI's POST /embeddings: OpenAI, Ollama, llama.cpp and others. The model's name says nothing of the
 * address, so that a server may move without all memories being embedded again.
 */
export class OpenAiEmbedder implements Embedder {
  readonly model: string;
  readonly #config: OpenAiConfig;
  readonly #endpoint: OpenAiEndpoint;
  readonly #check: VectorCheck;
  readonly #closing = new AbortController();

  /** Without a key, requests carry no `authorization`. */
  constructor(config: OpenAiConfig, apiKey: string | null) {
    const dimension = config.dimension ?? null;
    const size = dimension === null ? '' : `@${dimension}`;
    this.model = modelName(`openai/${config.model}${size}`, {
      document_prefix: config.document_prefix,
    });
    this.#config = config;
    this.#endpoint = { name: this.model, url: config.url, model: config.model, apiKey, dimension };
    this.#check = new VectorCheck(this.model, dimension);
  }

  embed(
    texts: readonly string[],
    purpose: EmbeddingPurpose,
    signal: AbortSignal,
  ): Promise<readonly (Float32Array | null)[]> {
    return embedInBatches(texts, signal, {
      batchSize: this.#config.batch_size,
      prefix: purpose === 'query' ? this.#config.query_prefix : this.#config.document_prefix,
      byLength: false,
      check: this.#check,
      embedBatch: (batch) => this.#embedBatch(batch, signal),
    });
  }

  async close(): Promise<void> {
    this.#closing.abort(closedError(this.model));
  }

  async #embedBatch(batch: readonly string[], signal: AbortSignal): Promise<readonly unknown[]> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#request(batch, signal);
      } catch (error) {
        if (signal.aborted || this.#closing.signal.aborted) throw error;
        const waitMs = this.#waitBeforeRetry(error, attempt);
        if (waitMs === null) throw error;
        await this.#wait(waitMs, signal);
      }
    }
  }

  /** Milliseconds; null = no further attempt. */
  #waitBeforeRetry(error: unknown, attempt: number): number | null {
    const passes = error instanceof ParticipantUnavailableError && error.retryable;
    if (!passes || attempt >= this.#config.retries) return null;
    const asked = error.data['retryAfterMs'];
    if (typeof asked !== 'number') return backoffMs(BACKOFF, attempt);
    return asked <= MAX_RETRY_AFTER_MS ? asked : null;
  }

  #request(batch: readonly string[], signal: AbortSignal): Promise<readonly unknown[]> {
    const timeoutMs = this.#config.timeout * 1000;
    return runBounded(
      {
        signals: [signal, this.#closing.signal],
        timeoutMs,
        timedOut: () =>
          embedderError(this.model, 'TIMEOUT', `no answer within ${this.#config.timeout} s`),
      },
      (bounded) => requestEmbeddings(this.#endpoint, batch, bounded),
    );
  }

  /** Ends early on abort and close; the next request then rejects with the reason. */
  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    const either = new AbortController();
    const end = (): void => either.abort();
    const signals = [signal, this.#closing.signal];
    for (const one of signals) one.addEventListener('abort', end, { once: true });
    await interruptibleWait(ms, either.signal);
    for (const one of signals) one.removeEventListener('abort', end);
  }
}
