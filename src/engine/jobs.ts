import { MemorySystemError } from './errors.ts';
import type { Job } from './job.ts';
import { uuidV7 } from './uuid-v7.ts';

/** How a job tells of its progress. */
export interface JobProgress {
  readonly signal: AbortSignal;
  setTotal(total: number): void;
  /** `failed` of them are no success. */
  advance(items: number, failed?: number): void;
}

/** Ended jobs that are still told of. */
const KEPT = 50;

interface Entry {
  job: Job;
  readonly controller: AbortController;
  readonly ended: Promise<Job>;
}

/** The jobs of one engine, the newest last. */
export class Jobs {
  readonly #entries = new Map<string, Entry>();

  list(): readonly Job[] {
    return Array.from(this.#entries.values(), ({ job }) => job);
  }

  find(id: string): Job | null {
    return this.#entries.get(id)?.job ?? null;
  }

  /** A running job of the kind. */
  running(kind: string): Job | null {
    return this.list().find((job) => job.kind === kind && job.state === 'RUNNING') ?? null;
  }

  /** Starts a job; it shows as FAILED when `work` rejects and as CANCELLED when that was wanted. */
  start(kind: string, work: (progress: JobProgress) => Promise<void>): Job {
    const id = uuidV7(Date.now());
    const controller = new AbortController();
    const entry: Entry = {
      job: {
        id,
        kind,
        state: 'RUNNING',
        done: 0,
        failed: 0,
        total: null,
        startedAt: new Date(),
        endedAt: null,
        error: null,
      },
      controller,
      ended: Promise.resolve().then(() => this.#run(entry, work)),
    };
    this.#entries.set(id, entry);
    this.#forgetOld();
    return entry.job;
  }

  /** Resolves when the job has ended, however it did; null when there is none of that id. */
  async whenEnded(id: string): Promise<Job | null> {
    return (await this.#entries.get(id)?.ended) ?? null;
  }

  /** Asks a job to end; one that has ended stays as it is. */
  cancel(id: string): void {
    this.#entries.get(id)?.controller.abort();
  }

  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    for (const { controller } of entries) controller.abort();
    await Promise.all(entries.map(({ ended }) => ended));
  }

  async #run(entry: Entry, work: (progress: JobProgress) => Promise<void>): Promise<Job> {
    const { signal } = entry.controller;
    try {
      await work({
        signal,
        setTotal: (total) => {
          entry.job = { ...entry.job, total };
        },
        advance: (items, failed = 0) => {
          const { done, failed: before } = entry.job;
          entry.job = { ...entry.job, done: done + items, failed: before + failed };
        },
      });
      entry.job = { ...entry.job, state: signal.aborted ? 'CANCELLED' : 'DONE' };
    } catch (error) {
      const message = error instanceof MemorySystemError ? error.message : 'it failed unexpectedly';
      entry.job = signal.aborted
        ? { ...entry.job, state: 'CANCELLED' }
        : { ...entry.job, state: 'FAILED', error: message };
    }
    entry.job = { ...entry.job, endedAt: new Date() };
    return entry.job;
  }

  #forgetOld(): void {
    for (const [id, { job }] of this.#entries) {
      if (this.#entries.size <= KEPT) return;
      if (job.state !== 'RUNNING') this.#entries.delete(id);
    }
  }
}
