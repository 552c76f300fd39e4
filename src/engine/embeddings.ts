import type { Backend, BackendInfo } from './backends/backend.ts';
import type { HealthCheck } from './backends/backend-statistics.ts';
import type { EmbeddingStatus } from './backends/embedding-reads.ts';
import { EarlierModels } from './earlier-models.ts';
import type { EmbedderSurroundings } from './embedding/create-embedder.ts';
import { ofDimension } from './embedding/of-dimension.ts';
import type { OpenEmbedding } from './embedding/open-embedding.ts';
import { EmbeddingWait } from './embedding-wait.ts';
import { EmbeddingWorker } from './embedding-worker.ts';
import type { EmbeddingFigures } from './figures.ts';
import type { Job } from './job.ts';
import type { Jobs } from './jobs.ts';
import { type EmbeddedQuery, QueryEmbedding } from './query-embedding.ts';
import { Reindexing } from './reindexing.ts';
import { damagedVectors, VectorHealing } from './vector-healing.ts';

/**
 * The embedder of an engine: vectors for queries, vectors for memories that a slow embedder owes, and the change from one model to
 * another.
 */
export class Embeddings {
  readonly #backend: Backend;
  readonly #embedding: OpenEmbedding | null;
  readonly #worker: EmbeddingWorker | null;
  readonly #query: QueryEmbedding | null;
  readonly #jobs: Jobs;
  readonly #earlier = new EarlierModels();
  readonly #reindexing: Reindexing;
  readonly #wait: EmbeddingWait;
  readonly #healing: VectorHealing;
  readonly #closing = new AbortController();

  constructor(
    backend: Backend,
    embedding: OpenEmbedding | null,
    jobs: Jobs,
    options: { readonly timeoutMs: number; readonly surroundings: EmbedderSurroundings },
  ) {
    this.#backend = backend;
    this.#embedding = embedding;
    this.#jobs = jobs;
    const { info } = backend;
    const { signal } = this.#closing;
    const dimension = modelInUse(info)?.dimension ?? null;
    const embedder = embedding === null ? null : ofDimension(embedding.embedder, dimension);
    this.#worker =
      embedder === null || this.#follows ? null : new EmbeddingWorker(backend, embedder);
    this.#query = embedder === null ? null : new QueryEmbedding(embedder, options.timeoutMs);
    this.#reindexing = new Reindexing(info, this.#worker, jobs, () => this.#earlier.close());
    this.#wait = new EmbeddingWait(backend, this.#worker, this.#reindexing, signal);
    this.#healing = new VectorHealing(backend, () => this.notify(), signal);
    if (!this.#isComplete()) this.#earlier.open(info, options);
  }

  /** Whether recall has a semantic arm. */
  get available(): boolean {
    return this.#query !== null;
  }

  /** Begins the background work. */
  start(): void {
    this.heal(damagedVectors(this.#backend.integrity.findings));
    if (this.#embedding?.instant === false) this.#worker?.start();
    if (!this.#isComplete() && !this.#follows) this.#reindexing.untilDone();
  }

  /** Has vectors made anew that were met damaged. */
  heal(memoryIds: readonly number[]): void {
    if (!this.#follows) this.#healing.heal(memoryIds);
  }

  /** To be called after each commit. */
  notify(): void {
    this.#worker?.notify();
  }

  /** The vectors of a query, one for each model that serves; never rejects. */
  async embedQuery(text: string): Promise<EmbeddedQuery> {
    if (this.#query === null) return { vectors: [], problem: 'no embedder is configured' };
    const parts = await Promise.all([this.#query.embed(text), ...this.#earlier.embed(text)]);
    return {
      vectors: parts.flatMap(({ vectors }) => vectors),
      problem: parts.find(({ problem }) => problem !== null)?.problem ?? this.#earlier.problem,
    };
  }

  /** In the order of the ids; null = nothing to embed. */
  states(namespace: string, ids: readonly number[]): Promise<readonly (EmbeddingStatus | null)[]> {
    return this.#backend.read('embeddingStates', { namespace, ids });
  }

  async figures(): Promise<EmbeddingFigures> {
    const counts = await this.#backend.read('embeddingSummary', null);
    return { model: this.#embedding?.setup.model ?? null, ...counts };
  }

  /** Resolves when none of the memories waits for its vector, or at the deadline (Unix ms): the write itself is done in any case. */
  async whenEmbedded(namespace: string, ids: readonly number[], deadline: number): Promise<void> {
    if (this.#embedding === null || this.#embedding.instant || ids.length === 0) return;
    await this.#wait.forMemories(namespace, ids, deadline);
  }

  /** Resolves when nothing waits for a vector; MemoryTimeoutError at the deadline. */
  async whenIndexed(deadline: number): Promise<void> {
    if (this.#embedding !== null) await this.#wait.forAll(deadline);
  }

  /** Embeds every memory without a vector of the model in use; one at a time, so a running one is answered. */
  reindex(): Job {
    return this.#reindexing.begin();
  }

  checks(): readonly HealthCheck[] {
    return [...(this.#worker?.checks() ?? []), ...this.#healing.checks()];
  }

  /** Whoever waits for vectors waits no longer; what they have written is durable. */
  stopWaiting(): void {
    this.#closing.abort();
  }

  async close(): Promise<void> {
    this.stopWaiting();
    this.#reindexing.stop();
    await this.#jobs.close();
    await this.#healing.idle();
    await this.#worker?.close();
    await this.#earlier.close();
    await this.#embedding?.embedder.close();
  }

  /** Vectors of memories are the owner's; a replica only makes those of its queries. */
  get #follows(): boolean {
    return this.#backend.info.role === 'REPLICA';
  }

  /** Every memory was offered to the model in use. */
  #isComplete(): boolean {
    return this.#embedding === null || (modelInUse(this.#backend.info)?.complete ?? true);
  }
}

function modelInUse({
  embedders,
  embedderId,
}: BackendInfo): BackendInfo['embedders'][number] | undefined {
  return embedders.find(({ id }) => id === embedderId);
}
