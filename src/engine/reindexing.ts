import type { BackendInfo } from './backends/backend.ts';
import { refuseOnReplica } from './backends/replica/replica-refusal.ts';
import type { EmbeddingWorker } from './embedding-worker.ts';
import { ParticipantUnavailableError } from './errors.ts';
import type { Job } from './job.ts';
import type { Jobs } from './jobs.ts';

const KIND = 'reindex';
/** One that was begun by itself and failed is begun again after this long. */
const AGAIN_MS = 60_000;

/** The job that embeds every memory without a vector of the model in use; there is one at a time. */
export class Reindexing {
  readonly #info: BackendInfo;
  readonly #worker: EmbeddingWorker | null;
  readonly #jobs: Jobs;
  readonly #onComplete: () => Promise<void>;
  #again: NodeJS.Timeout | undefined;

  /** `onComplete` belongs to the job: every memory has its vector then. */
  constructor(
    info: BackendInfo,
    worker: EmbeddingWorker | null,
    jobs: Jobs,
    onComplete: () => Promise<void>,
  ) {
    this.#info = info;
    this.#worker = worker;
    this.#jobs = jobs;
    this.#onComplete = onComplete;
  }

  /** The one that is under way; null when none is. */
  get running(): Job | null {
    return this.#jobs.running(KIND);
  }

  /** A running one is answered instead of a second one. */
  begin(): Job {
    refuseOnReplica(this.#info);
    const worker = this.#worker;
    if (worker === null)
      throw new ParticipantUnavailableError('no embedder is configured', {
        remedy: 'Set memory.embedder in the configuration.',
      });
    return (
      this.running ??
      this.#jobs.start(KIND, async (progress) => {
        await worker.reindex(progress);
        if (!progress.signal.aborted) await this.#onComplete();
      })
    );
  }

  /** Begins it, and again as often as it fails. */
  untilDone(): void {
    const { id } = this.begin();
    void this.#jobs.whenEnded(id).then((job) => {
      if (job?.state !== 'FAILED') return;
      this.#again = setTimeout(() => this.untilDone(), AGAIN_MS);
      this.#again.unref();
    });
  }

  /** Calls back when the one under way has ended; never when none is. */
  onEnded(listener: () => void): void {
    const { running } = this;
    if (running !== null) void this.#jobs.whenEnded(running.id).then(listener);
  }

  /** Does not begin again. */
  stop(): void {
    clearTimeout(this.#again);
  }
}
