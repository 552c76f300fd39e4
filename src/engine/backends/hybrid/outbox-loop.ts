import { type Backoff, backoffMs } from '../../backoff.ts';
import type { Participant } from '../../participants/participant.ts';

/** Rest between two turns, so that a stream of small commits becomes a stream of batches. */
const REST_MS = 25;
/** Waits after a failed turn. */
const BACKOFF: Backoff = { baseMs: 200, factor: 2, capMs: 10_000 };

/** Runs turns while there is something to do and the participant is there; never two at once. */
export class OutboxLoop {
  readonly #participant: Participant;
  /** Resolves to false when there may be more to do. */
  readonly #turn: () => Promise<boolean>;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #again = false;
  #failures = 0;
  #started = false;
  #stopped = false;
  #stopListening = (): void => undefined;

  constructor(participant: Participant, turn: () => Promise<boolean>) {
    this.#participant = participant;
    this.#turn = turn;
  }

  start(): void {
    this.#started = true;
    this.#stopListening = this.#participant.onAvailable(() => {
      this.#failures = 0;
      this.wake();
    });
    this.wake();
  }

  wake(): void {
    if (!this.#started || this.#stopped) return;
    this.#again = true;
    this.#plan(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopListening();
    clearTimeout(this.#timer);
    await this.#running;
  }

  #plan(waitMs: number): void {
    if (this.#running !== null || this.#timer !== undefined || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#run();
    }, waitMs);
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    let waitMs: number | null = null;
    // Never ends before the caller has noted that it runs.
    await Promise.resolve();
    try {
      this.#again = false;
      // Whoever is away tells when it is back; then the loop is woken.
      if (this.#participant.available) {
        const isDone = await this.#turn();
        this.#failures = 0;
        if (!isDone || this.#again) waitMs = REST_MS;
      }
    } catch {
      // The participant counts the failure and shows it; the entries stay in the database.
      waitMs = backoffMs(BACKOFF, this.#failures);
      this.#failures += 1;
    }
    this.#running = null;
    if (waitMs !== null) this.#plan(waitMs);
    else if (this.#again) this.#plan(REST_MS);
  }
}
