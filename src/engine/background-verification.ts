import type { Backend } from './backends/backend.ts';
import type { HealthCheck } from './backends/backend-statistics.ts';
import type { Embeddings } from './embeddings.ts';
import { verifyDatabase } from './integrity/verify-database.ts';
import type { VerifyReport } from './integrity-report.ts';
import { damagedVectors } from './vector-healing.ts';

/**
 * After an unclean stop of a file that is too large to be looked at before it is served: looks at all of it beside the running store,
 * and has the store refuse what turns out to be damaged. Not with a rollback journal, where a long read would keep writers out.
 */
export class BackgroundVerification {
  readonly #backend: Backend;
  readonly #embeddings: Pick<Embeddings, 'heal'>;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #check: HealthCheck | null = null;

  constructor(backend: Backend, embeddings: Pick<Embeddings, 'heal'>) {
    this.#backend = backend;
    this.#embeddings = embeddings;
  }

  /** Begins when there is a reason to. */
  start(): void {
    const { integrity, info } = this.#backend;
    const needed = !integrity.cleanShutdown && !integrity.checkedWhole;
    if (needed && info.backend === 'sqlite') this.#running = this.#run();
  }

  /** One check while it runs, or when it could not be done. */
  checks(): readonly HealthCheck[] {
    return this.#check === null ? [] : [this.#check];
  }

  /** Resolves when a check that was begun has ended. */
  async done(): Promise<void> {
    await this.#running;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** What a check has found, whoever asked for it. */
  async take({ findings }: VerifyReport): Promise<void> {
    await this.#backend.integrity.report(findings);
    this.#embeddings.heal(damagedVectors(findings));
  }

  async #run(): Promise<void> {
    const tell = (state: HealthCheck['state'], message: string): void => {
      this.#check = { name: 'verification', state, latencyMs: null, message, at: Date.now() };
    };
    tell('OK', 'the last stop was unclean; the whole file is being checked');
    try {
      const report = await verifyDatabase(this.#backend.info.path, {
        depth: 'full',
        signal: this.#stop.signal,
        onProgress: ({ done, total }) =>
          tell('OK', `the last stop was unclean; ${done} of ${total} rows are checked`),
      });
      await this.take(report);
      this.#check = null;
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      tell('DEGRADED', `the file could not be checked after an unclean stop: ${message}`);
    }
  }
}
