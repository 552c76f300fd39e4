import { interruptibleWait } from '../interruptible-wait.ts';

/** Milliseconds between two looks at a store that cannot be written: space that returns is noticed at once. */
const LOOK_EVERY_MS = 1_000;

/** While nothing can be written, looks again and again whether it can, so that the store heals without a caller. */
export class SelfHealing {
  readonly #probe: () => Promise<boolean>;
  readonly #stop = new AbortController();
  #looking: Promise<void> | undefined;

  /** `probe` answers true when the store can be written again; it never rejects. */
  constructor(probe: () => Promise<boolean>) {
    this.#probe = probe;
  }

  /** Starts looking, unless it does already. */
  begin(): void {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
  }

  /** Resolves when the last look is over. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await interruptibleWait(LOOK_EVERY_MS, signal);
      if (signal.aborted || (await this.#probe())) return;
    }
  }
}
