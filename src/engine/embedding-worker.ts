import type { Backend } from './backends/backend.ts';
import type { HealthCheck } from './backends/backend-statistics.ts';
import type { EmbeddedText } from './backends/embedded-text.ts';
import type { ReadMap } from './backends/read-map.ts';
import type { Embedder } from './embedding/embedder.ts';
import { MemorySystemError } from './errors.ts';
import { interruptibleWait } from './interruptible-wait.ts';
import type { JobProgress } from './jobs.ts';
import { Wake } from './wake.ts';

/** Texts handed to the embedder at once. */
const BATCH = 64;
/** A text whose embedding failed so often is given up; `trinitas reindex` tries it again. */
const MAX_ATTEMPTS = 5;
/** Waits before the next try of a text: 1 s, 4 s, 16 s, 64 s. */
const FIRST_RETRY_MS = 1_000;
const RETRY_FACTOR = 4;
/** Waits while the embedder cannot be reached: 0.5 s, doubled up to a minute. */
const FIRST_OUTAGE_MS = 500;
const LONGEST_OUTAGE_MS = 60_000;

/** The text that is due next, however late. */
const WHENEVER = { now: Number.MAX_SAFE_INTEGER, limit: 1 };

type WaitingText = ReadMap['unembedded']['result'][number];

/**
 * Makes the vectors that commits have asked a slow embedder for, in batches, beside everything else: no write waits for it. What is
 * wanted stands in the database, so nothing is forgotten when the process ends.
 */
export class EmbeddingWorker {
  readonly #backend: Backend;
  readonly #embedder: Embedder;
  readonly #wake = new Wake();
  readonly #stop = new AbortController();
  readonly #saved = new Set<() => void>();
  #running: Promise<void> | undefined;
  #failures = 0;
  #problem: { readonly message: string; readonly at: number } | undefined;

  constructor(backend: Backend, embedder: Embedder) {
    this.#backend = backend;
    this.#embedder = embedder;
  }

  /** One check while the embedder fails. */
  checks(): readonly HealthCheck[] {
    if (this.#problem === undefined) return [];
    const { message, at } = this.#problem;
    return [
      {
        name: 'embedder',
        state: 'DEGRADED',
        latencyMs: null,
        message: `${message}; memories wait for their vectors, recall finds them by text`,
        at,
      },
    ];
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something may wait; cheap. */
  notify(): void {
    this.#wake.notify();
  }

  /** Calls `listener` after each batch that was saved; returns how to stop that. */
  onSaved(listener: () => void): () => void {
    this.#saved.add(listener);
    return () => this.#saved.delete(listener);
  }

  /**
   * Offers every memory without a vector of the model in use to the embedder. A text that the embedder cannot embed counts as failed;
   * any other failure, which would be that of all texts, rejects.
   */
  async reindex(progress: JobProgress): Promise<void> {
    const { memories, ready } = await this.#backend.read('embeddingSummary', null);
    progress.setTotal(memories - ready);
    let done = 0;
    for (let afterId = 0; !progress.signal.aborted; ) {
      const texts = await this.#backend.read('unembedded', { afterId, limit: BATCH });
      const last = texts.at(-1);
      if (last === undefined) {
        await this.#backend.completeEmbedder();
        // Writes and the worker have gone on meanwhile.
        progress.setTotal(done);
        return;
      }
      const failures = await this.#embedAll(texts, progress.signal);
      done += texts.length;
      progress.advance(texts.length, failures);
      afterId = last.memoryId;
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const pause = await this.#turn(signal);
      if (pause === 0 || signal.aborted) continue;
      // A commit brings new texts, but no answer from an embedder that is down: it is left alone until the pause is over.
      if (this.#failures > 0) {
        await interruptibleWait(pause, signal);
        continue;
      }
      const timer = setTimeout(() => this.#wake.notify(), pause);
      timer.unref();
      await this.#wake.wait(signal);
      clearTimeout(timer);
    }
  }

  /** One batch; returns how long to rest in ms, 0 = not at all. */
  async #turn(signal: AbortSignal): Promise<number> {
    try {
      const texts = await this.#backend.read('unembedded', { now: Date.now(), limit: BATCH });
      if (texts.length === 0) {
        this.#failures = 0;
        return await this.#rest();
      }
      await this.#save(await this.#embedOrCharge(texts, signal));
      this.#failures = 0;
      return 0;
    } catch (error) {
      if (signal.aborted) return 0;
      this.#failures += 1;
      this.#problem = { message: messageOf(error), at: Date.now() };
      return Math.min(LONGEST_OUTAGE_MS, FIRST_OUTAGE_MS * 2 ** (this.#failures - 1));
    }
  }

  async #rest(): Promise<number> {
    const [next] = await this.#backend.read('unembedded', WHENEVER);
    if (next === undefined) return LONGEST_OUTAGE_MS;
    return Math.max(1, Math.min(LONGEST_OUTAGE_MS, next.retryAt - Date.now()));
  }

  /** Saves what became of each of the texts; returns how many could not be embedded. */
  async #embedAll(texts: readonly WaitingText[], signal: AbortSignal): Promise<number> {
    for (let left = texts, failures = 0; ; failures += 1) {
      try {
        await this.#save(await this.#embed(left, signal));
        return failures;
      } catch (error) {
        const guilty = guiltyText(left, error);
        if (guilty === undefined || signal.aborted || !(error instanceof MemorySystemError))
          throw error;
        await this.#save([failed(guilty, error)]);
        left = left.filter((text) => text !== guilty);
      }
    }
  }

  /** What may help later rejects; what a text cannot get is charged to it. */
  async #embedOrCharge(
    texts: readonly WaitingText[],
    signal: AbortSignal,
  ): Promise<readonly EmbeddedText[]> {
    try {
      const answers = await this.#embed(texts, signal);
      this.#problem = undefined;
      return answers;
    } catch (error) {
      if (signal.aborted || !(error instanceof MemorySystemError) || error.retryable) throw error;
      this.#problem = { message: error.message, at: Date.now() };
      // The one text that spoils a batch must not spoil the others.
      const guilty = guiltyText(texts, error);
      return (guilty === undefined ? texts : [guilty]).map((text) => failed(text, error));
    }
  }

  async #embed(
    texts: readonly WaitingText[],
    signal: AbortSignal,
  ): Promise<readonly EmbeddedText[]> {
    const wanted = wordsOf(texts);
    const vectors =
      wanted.length === 0
        ? []
        : await this.#embedder.embed(
            wanted.map(({ text }) => text),
            'document',
            signal,
          );
    const byId = new Map(wanted.map(({ memoryId }, index) => [memoryId, vectors[index] ?? null]));
    return texts.map(({ memoryId, textCrc, attempts }) => ({
      memoryId,
      textCrc,
      vector: byId.get(memoryId) ?? null,
      error: null,
      attempts,
      retryAt: null,
    }));
  }

  async #save(answers: readonly EmbeddedText[]): Promise<void> {
    await this.#backend.saveEmbeddings(answers);
    for (const listener of [...this.#saved]) listener();
  }
}

/** Those with anything to embed. */
function wordsOf(texts: readonly WaitingText[]): readonly WaitingText[] {
  return texts.filter(({ text }) => text !== '');
}

/** The one text that an embedder has refused; undefined when the failure is about all of them, or may pass. */
function guiltyText(texts: readonly WaitingText[], error: unknown): WaitingText | undefined {
  if (!(error instanceof MemorySystemError) || error.retryable) return undefined;
  const { text } = error.data;
  return typeof text === 'number' ? wordsOf(texts)[text] : undefined;
}

function failed({ memoryId, textCrc, attempts }: WaitingText, error: Error): EmbeddedText {
  const tries = attempts + 1;
  return {
    memoryId,
    textCrc,
    vector: null,
    error: error.message,
    attempts: tries,
    retryAt: tries >= MAX_ATTEMPTS ? null : Date.now() + FIRST_RETRY_MS * RETRY_FACTOR ** attempts,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
