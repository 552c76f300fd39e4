import type { Backend } from './backends/backend.ts';
import type { HealthCheck } from './backends/backend-statistics.ts';
import type { EmbeddingStatus } from './backends/embedding-reads.ts';
import { refuseOnReplica } from './backends/replica/replica-refusal.ts';
import type { EmbedderSurroundings } from './embedding/create-embedder.ts';
import type { Embedder } from './embedding/embedder.ts';
import { ofDimension } from './embedding/of-dimension.ts';
import { type OpenEmbedding, reopenEmbedder } from './embedding/open-embedding.ts';
import { EmbeddingWorker } from './embedding-worker.ts';
import { MemoryTimeoutError, NotFoundError, ParticipantUnavailableError } from './errors.ts';
import type { EmbeddingFigures } from './figures.ts';
import type { Finding } from './integrity-report.ts';
import type { Job } from './job.ts';
import type { Jobs } from './jobs.ts';
import { type EmbeddedQuery, QueryEmbedding } from './query-embedding.ts';

export const REINDEX = 'reindex';
/** A reindexing that was begun by itself and failed is begun again after this long. */
const REINDEX_AGAIN_MS = 60_000;
/** Vectors made anew in one commit: with an instant embedder 10 ms of the writer. */
const HEALED_AT_ONCE = 100;

/**
 * The embedder of an engine: vectors for queries, vectors for memories that a slow embedder owes, and the change from one model to
 * another. While not every memory has a vector of the new model, the earlier models go on serving what they have.
 */
export class Embeddings {
  readonly #backend: Backend;
  readonly #embedding: OpenEmbedding | null;
  readonly #worker: EmbeddingWorker | null;
  readonly #query: QueryEmbedding | null;
  readonly #jobs: Jobs;
  #earlier: readonly { readonly embedder: Embedder; readonly query: QueryEmbedding }[] = [];
  /** Models of the past that cannot be opened any more. */
  #lost: readonly string[] = [];
  /** Memories whose vectors or sign codes were met damaged and are not made anew yet. */
  readonly #damaged = new Set<number>();
  #healing: Promise<void> | undefined;
  #healProblem: string | null = null;
  #again: NodeJS.Timeout | undefined;
  readonly #closing = new AbortController();

  /** Vectors of memories are the owner's; a replica only makes those of its queries. */
  get #follows(): boolean {
    return this.#backend.info.role === 'REPLICA';
  }

  constructor(
    backend: Backend,
    embedding: OpenEmbedding | null,
    jobs: Jobs,
    options: { readonly timeoutMs: number; readonly surroundings: EmbedderSurroundings },
  ) {
    this.#backend = backend;
    this.#embedding = embedding;
    this.#jobs = jobs;
    const { embedders, embedderId } = backend.info;
    const dimension = embedders.find(({ id }) => id === embedderId)?.dimension ?? null;
    const embedder = embedding === null ? null : ofDimension(embedding.embedder, dimension);
    this.#worker =
      embedder === null || this.#follows ? null : new EmbeddingWorker(backend, embedder);
    this.#query = embedder === null ? null : new QueryEmbedding(embedder, options.timeoutMs);
    if (!this.#isComplete()) this.#openEarlier(options);
  }

  /** Whether recall has a semantic arm. */
  get available(): boolean {
    return this.#query !== null;
  }

  /** Begins the background work. */
  start(): void {
    this.heal(damagedVectors(this.#backend.integrity.findings));
    if (this.#embedding?.instant === false) this.#worker?.start();
    if (!this.#isComplete() && !this.#follows) this.#reindexUntilDone();
  }

  /**
   * Has vectors made anew that were met damaged; what is asked for meanwhile waits for the next turn. Failures show in the health, and
   * whoever meets the vectors again asks again.
   */
  heal(memoryIds: readonly number[]): void {
    if (memoryIds.length === 0 || this.#follows) return;
    for (const id of memoryIds) this.#damaged.add(id);
    this.#healing ??= this.#healDamaged().finally(() => {
      this.#healing = undefined;
    });
  }

  /** To be called after each commit. */
  notify(): void {
    this.#worker?.notify();
  }

  /** The vectors of a query, one for each model that serves; never rejects. */
  async embedQuery(text: string): Promise<EmbeddedQuery> {
    if (this.#query === null) return { vectors: [], problem: 'no embedder is configured' };
    const parts = await Promise.all([
      this.#query.embed(text),
      ...this.#earlier.map(({ query }) => query.embed(text)),
    ]);
    const [lost] = this.#lost;
    return {
      vectors: parts.flatMap(({ vectors }) => vectors),
      problem:
        parts.find(({ problem }) => problem !== null)?.problem ??
        (lost === undefined ? null : `the vectors of ${lost} cannot be searched any more`),
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
    let waiting = ids;
    await this.#wait(deadline, async () => {
      const states = await this.states(namespace, waiting);
      waiting = waiting.filter((_, index) => states[index]?.state === 'PENDING');
      return waiting.length === 0;
    });
  }

  /** Resolves when nothing waits for a vector; MemoryTimeoutError at the deadline. */
  async whenIndexed(deadline: number): Promise<void> {
    if (this.#embedding === null) return;
    const done = await this.#wait(deadline, async () => {
      if (this.#jobs.running(REINDEX) !== null) return false;
      const waiting = await this.#backend.read('unembedded', {
        now: Number.MAX_SAFE_INTEGER,
        limit: 1,
      });
      return waiting.length === 0;
    });
    if (!done) throw new MemoryTimeoutError('memories still wait for their vectors');
  }

  /** Embeds every memory without a vector of the model in use; one at a time, so a running one is answered. */
  reindex(): Job {
    refuseOnReplica(this.#backend.info);
    const worker = this.#worker;
    if (worker === null)
      throw new ParticipantUnavailableError('no embedder is configured', {
        remedy: 'Set memory.embedder in the configuration.',
      });
    return (
      this.#jobs.running(REINDEX) ??
      this.#jobs.start(REINDEX, async (progress) => {
        await worker.reindex(progress);
        if (!progress.signal.aborted) await this.#closeEarlier();
      })
    );
  }

  /** NotFoundError for an unknown id. */
  job(id: string): Job {
    const job = this.#jobs.find(id);
    if (job === null)
      throw new NotFoundError(`there is no job ${id}`, {
        remedy: 'Ended jobs are told of until fifty newer ones have been started.',
      });
    return job;
  }

  jobs(): readonly Job[] {
    return this.#jobs.list();
  }

  /** Resolves when the job has ended, however it did; NotFoundError for an unknown id. */
  async whenJobEnded(id: string): Promise<Job> {
    return (await this.#jobs.whenEnded(id)) ?? this.job(id);
  }

  /** Ends a running job after the batch under way; resolves when it has ended. NotFoundError for an unknown id. */
  async cancelJob(id: string): Promise<Job> {
    this.job(id);
    this.#jobs.cancel(id);
    return await this.whenJobEnded(id);
  }

  checks(): readonly HealthCheck[] {
    return [...(this.#worker?.checks() ?? []), ...this.#damageChecks()];
  }

  /** Whoever waits for vectors waits no longer; what they have written is durable. */
  stopWaiting(): void {
    this.#closing.abort();
  }

  async close(): Promise<void> {
    this.stopWaiting();
    clearTimeout(this.#again);
    await this.#jobs.close();
    await this.#healing;
    await this.#worker?.close();
    await this.#closeEarlier();
    await this.#embedding?.embedder.close();
  }

  async #healDamaged(): Promise<void> {
    try {
      while (this.#damaged.size > 0 && !this.#closing.signal.aborted) {
        const ids = [...this.#damaged].slice(0, HEALED_AT_ONCE);
        await this.#backend.healVectors(ids);
        for (const id of ids) this.#damaged.delete(id);
        this.#healProblem = null;
        this.notify();
      }
    } catch (error) {
      this.#healProblem = error instanceof Error ? error.message : String(error);
    }
  }

  #damageChecks(): readonly HealthCheck[] {
    if (this.#damaged.size === 0) return [];
    const problem = this.#healProblem === null ? '' : `: ${this.#healProblem}`;
    const message = `${this.#damaged.size} vectors are damaged; recall by meaning leaves them out until they are made anew${problem}`;
    return [{ name: 'vectors', state: 'DEGRADED', latencyMs: null, message, at: Date.now() }];
  }

  #isComplete(): boolean {
    const { embedders, embedderId } = this.#backend.info;
    if (this.#embedding === null) return true;
    return embedders.find(({ id }) => id === embedderId)?.complete ?? true;
  }

  #openEarlier(options: {
    readonly timeoutMs: number;
    readonly surroundings: EmbedderSurroundings;
  }): void {
    const { embedders, embedderId } = this.#backend.info;
    const lost: string[] = [];
    this.#earlier = embedders
      .filter(({ id, dimension }) => id !== embedderId && dimension !== null)
      .flatMap(({ model, dimension, settingsText }) => {
        const reopened = reopenOrNull(settingsText, options.surroundings);
        if (reopened?.model !== model) {
          lost.push(model);
          return [];
        }
        const embedder = ofDimension(reopened, dimension);
        return [{ embedder, query: new QueryEmbedding(embedder, options.timeoutMs) }];
      });
    this.#lost = lost;
  }

  async #closeEarlier(): Promise<void> {
    const earlier = this.#earlier;
    this.#earlier = [];
    this.#lost = [];
    await Promise.all(earlier.map(({ embedder }) => embedder.close()));
  }

  #reindexUntilDone(): void {
    const { id } = this.reindex();
    void this.#jobs.whenEnded(id).then((job) => {
      if (job?.state !== 'FAILED') return;
      this.#again = setTimeout(() => this.#reindexUntilDone(), REINDEX_AGAIN_MS);
      this.#again.unref();
    });
  }

  /** Asks again after each batch of the worker and each job; false at the deadline or when the engine closes. */
  async #wait(deadline: number, isDone: () => Promise<boolean>): Promise<boolean> {
    const worker = this.#worker;
    if (worker === null) return true;
    let timer: NodeJS.Timeout | undefined;
    let saved = (): void => undefined;
    const wake = (): void => saved();
    const { signal } = this.#closing;
    const stop = worker.onSaved(wake);
    signal.addEventListener('abort', wake);
    const running = this.#jobs.running(REINDEX);
    if (running !== null) void this.#jobs.whenEnded(running.id).then(wake);
    try {
      for (;;) {
        const next = new Promise<void>((resolve) => {
          saved = resolve;
          clearTimeout(timer);
          timer = setTimeout(resolve, Math.max(0, deadline - Date.now()));
        });
        if (await isDone()) return true;
        if (Date.now() >= deadline || signal.aborted) return false;
        await next;
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      stop();
    }
  }
}

/** Memories of which a check has found that the vector or its sign code is damaged. */
export function damagedVectors(findings: readonly Finding[]): readonly number[] {
  return findings.flatMap(({ scope, area, id }) =>
    scope === 'derived' && area === 'vectors' && id !== null ? [id] : [],
  );
}

/** An embedder of the past may need what is not here any more: a file, a package. */
function reopenOrNull(settingsText: string, surroundings: EmbedderSurroundings): Embedder | null {
  try {
    return reopenEmbedder(settingsText, surroundings);
  } catch {
    return null;
  }
}
