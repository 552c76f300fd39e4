import type { Backend } from './backends/backend.ts';
import { refuseOnReplica } from './backends/replica/replica-refusal.ts';
import type { Embeddings } from './embeddings.ts';
import { ValidationError } from './errors.ts';
import { type Job, REINDEX_TARGETS, type ReindexTarget } from './job.ts';
import type { JobProgress, Jobs } from './jobs.ts';

/** Memories indexed in one commit: some tens of milliseconds, which writes wait at most. */
const TEXT_SLICE = 500;

/** Makes derived stores anew while everything goes on; one job of a kind at a time. */
export class IndexRebuilds {
  readonly #backend: Backend;
  readonly #embeddings: Embeddings;
  readonly #jobs: Jobs;

  constructor(backend: Backend, embeddings: Embeddings, jobs: Jobs) {
    this.#backend = backend;
    this.#embeddings = embeddings;
    this.#jobs = jobs;
  }

  /** Errors: ValidationError for an unknown target or one that is not configured. */
  start(target: ReindexTarget): Job {
    refuseOnReplica(this.#backend.info);
    switch (target) {
      case 'vectors':
        return this.#embeddings.reindex();
      case 'fulltext':
        return this.#once(target, (progress) => this.#rebuildText(progress));
      case 'chroma':
      case 'redis': {
        const { participants } = this.#backend;
        if (participants?.names.includes(target) !== true)
          throw new ValidationError(`${target} is not configured, there is nothing to make anew`, {
            remedy: `Set memory.backend to hybrid and the address of ${target}.`,
          });
        return this.#once(target, (progress) => participants.rebuild(target, progress));
      }
      default:
        throw new ValidationError([
          { path: ['target'], message: `must be one of ${REINDEX_TARGETS.join(', ')}` },
        ]);
    }
  }

  #once(target: ReindexTarget, work: (progress: JobProgress) => Promise<void>): Job {
    const kind = `reindex:${target}`;
    return this.#jobs.running(kind) ?? this.#jobs.start(kind, work);
  }

  async #rebuildText(progress: JobProgress): Promise<void> {
    const { memories } = await this.#backend.read('embeddingSummary', null);
    progress.setTotal(memories);
    let done = 0;
    for (let afterId: number | null = 0; afterId !== null && !progress.signal.aborted; ) {
      const slice = await this.#backend.rebuildText(afterId, TEXT_SLICE);
      done += slice.done;
      progress.advance(slice.done);
      afterId = slice.lastId;
    }
    // Writes have gone on meanwhile.
    if (!progress.signal.aborted) progress.setTotal(done);
  }
}
