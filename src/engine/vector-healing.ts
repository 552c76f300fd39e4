import type { Backend } from './backends/backend.ts';
import type { HealthCheck } from './backends/backend-statistics.ts';
import type { Finding } from './integrity-report.ts';

/** Vectors made anew in one commit: with an instant embedder 10 ms of the writer. */
const HEALED_AT_ONCE = 100;

/** Has vectors made anew that were met damaged, in the background. */
export class VectorHealing {
  readonly #backend: Backend;
  readonly #onHealed: () => void;
  readonly #closing: AbortSignal;
  /** Memories whose vectors or sign codes were met damaged and are not made anew yet. */
  readonly #damaged = new Set<number>();
  #healing: Promise<void> | undefined;
  #problem: string | null = null;

  /** `onHealed` is called after each commit of it. */
  constructor(backend: Backend, onHealed: () => void, closing: AbortSignal) {
    this.#backend = backend;
    this.#onHealed = onHealed;
    this.#closing = closing;
  }

  /**
   * What is asked for meanwhile waits for the next turn. Failures show in the health, and whoever meets the vectors again asks
   * again.
   */
  heal(memoryIds: readonly number[]): void {
    if (memoryIds.length === 0) return;
    for (const id of memoryIds) this.#damaged.add(id);
    this.#healing ??= this.#run().finally(() => {
      this.#healing = undefined;
    });
  }

  /** One check while vectors are damaged. */
  checks(): readonly HealthCheck[] {
    if (this.#damaged.size === 0) return [];
    const problem = this.#problem === null ? '' : `: ${this.#problem}`;
    const message = `${this.#damaged.size} vectors are damaged; recall by meaning leaves them out until they are made anew${problem}`;
    return [{ name: 'vectors', state: 'DEGRADED', latencyMs: null, message, at: Date.now() }];
  }

  /** Resolves when what is under way has ended. */
  async idle(): Promise<void> {
    await this.#healing;
  }

  async #run(): Promise<void> {
    try {
      while (this.#damaged.size > 0 && !this.#closing.aborted) {
        const ids = [...this.#damaged].slice(0, HEALED_AT_ONCE);
        await this.#backend.healVectors(ids);
        for (const id of ids) this.#damaged.delete(id);
        this.#problem = null;
        this.#onHealed();
      }
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
    }
  }
}

/** Memories of which a check has found that the vector or its sign code is damaged. */
export function damagedVectors(findings: readonly Finding[]): readonly number[] {
  return findings.flatMap(({ scope, area, id }) =>
    scope === 'derived' && area === 'vectors' && id !== null ? [id] : [],
  );
}
