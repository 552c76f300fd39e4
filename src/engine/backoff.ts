/** Full jitter: a random wait between nothing and the growing bound, so that many retries never march in step. */
export interface Backoff {
  readonly baseMs: number;
  /** Growth from one attempt to the next. */
  readonly factor: number;
  readonly capMs: number;
}

/** Reopening a database: engine.md section 1, connection health. */
export const REOPEN_BACKOFF: Omit<Backoff, 'factor'> = { baseMs: 50, capMs: 30_000 };

/** Milliseconds to wait before the given attempt (0 = the first retry). */
export function backoffMs(
  backoff: Backoff,
  attempt: number,
  random: () => number = Math.random,
): number {
  return random() * Math.min(backoff.capMs, backoff.baseMs * backoff.factor ** attempt);
}
