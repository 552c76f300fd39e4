import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleAll,
} from 'cockatiel';
import type { QueryVector } from './backends/recall-reads.ts';
import type { Embedder } from './embedding/embedder.ts';
import { QueryVectors } from './embedding/query-vectors.ts';

/** Failures in a row after which queries do not wait for the embedder any more. */
const FAILURES_TO_OPEN = 3;
/** After so long one query tries it again. */
const TRY_AGAIN_MS = 5_000;

/** What a recall gets for its query. */
export interface EmbeddedQuery {
  readonly vectors: readonly QueryVector[];
  /** Why a vector is missing; null when none is. */
  readonly problem: string | null;
}

/** One embedder as queries use it: with its kept vectors, and left alone for a while when it fails. */
export class QueryEmbedding {
  readonly #model: string;
  readonly #vectors: QueryVectors;
  readonly #breaker: CircuitBreakerPolicy;
  readonly #timeoutMs: number;

  constructor(embedder: Embedder, timeoutMs: number) {
    this.#model = embedder.model;
    this.#vectors = new QueryVectors(embedder);
    this.#timeoutMs = timeoutMs;
    this.#breaker = circuitBreaker(handleAll, {
      halfOpenAfter: TRY_AGAIN_MS,
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    });
  }

  /** Never rejects: without a vector the recall is served by text. */
  async embed(text: string): Promise<EmbeddedQuery> {
    try {
      const values = await this.#breaker.execute(() =>
        this.#vectors.embed(text, AbortSignal.timeout(this.#timeoutMs)),
      );
      return { vectors: values === null ? [] : [{ model: this.#model, values }], problem: null };
    } catch (error) {
      return { vectors: [], problem: describeProblem(error, this.#timeoutMs) };
    }
  }
}

function describeProblem(error: unknown, timeoutMs: number): string {
  if (error instanceof BrokenCircuitError)
    return 'the embedder failed several times in a row and is left alone for a while';
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return `the embedder gave no vector for the query within ${timeoutMs} ms`;
  return error instanceof Error ? error.message : String(error);
}
