import type { HealthCheck } from './backends/backend-statistics.ts';

/** Work that repeats while the engine is open. */
export interface BackgroundJob {
  readonly name: string;
  readonly intervalMs: number;
  readonly run: () => Promise<void>;
}

/**
 * Runs each job on its interval, never twice at once. Its timers do not keep the process alive. A failing job is tried
 * again at its next turn and shows as a degraded health check until it succeeds.
 */
export class BackgroundJobs {
  readonly #now: () => number;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #running = new Map<string, Promise<void>>();
  readonly #failures = new Map<string, HealthCheck>();

  constructor(jobs: readonly BackgroundJob[], now: () => number) {
    this.#now = now;
    for (const job of jobs) {
      const timer = setInterval(() => this.#turn(job), job.intervalMs);
      timer.unref();
      this.#timers.push(timer);
    }
  }

  /** One check for each job whose last run failed. */
  checks(): readonly HealthCheck[] {
    return [...this.#failures.values()];
  }

  /** No job starts any more; resolves when those under way have ended. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#running.values());
  }

  #turn(job: BackgroundJob): void {
    if (this.#running.has(job.name)) return;
    this.#running.set(
      job.name,
      Promise.resolve().then(() => this.#run(job)),
    );
  }

  async #run(job: BackgroundJob): Promise<void> {
    try {
      await job.run();
      this.#failures.delete(job.name);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#failures.set(job.name, {
        name: `job:${job.name}`,
        state: 'DEGRADED',
        latencyMs: null,
        message: `background job failed and will be tried again: ${message}`,
        at: this.#now(),
      });
    } finally {
      this.#running.delete(job.name);
    }
  }
}
