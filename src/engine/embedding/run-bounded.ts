export interface Bounds {
  /** Each ends the run with its own reason. */
  readonly signals: readonly AbortSignal[];
  readonly timeoutMs: number;
  /** What the run rejects with when the time is over. */
  readonly timedOut: () => Error;
}

/**
 * Runs until the first of: an answer, an abort, the timeout; the latter two abort the signal that the run was given, and
 * do not wait for it. Listeners are taken off again, which AbortSignal.any does not do on a signal that lives long.
 */
export async function runBounded<T>(
  bounds: Bounds,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  for (const signal of bounds.signals) signal.throwIfAborted();
  const controller = new AbortController();
  const cleanUp: (() => void)[] = [];
  const stopped = new Promise<never>((_, reject) => {
    const stop = (reason: unknown): void => {
      // The caller learns the reason before the run's own complaint about the abort.
      reject(reason);
      controller.abort(reason);
    };
    const timer = setTimeout(() => stop(bounds.timedOut()), bounds.timeoutMs);
    cleanUp.push(() => clearTimeout(timer));
    for (const signal of bounds.signals) {
      const onAbort = (): void => stop(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      cleanUp.push(() => signal.removeEventListener('abort', onAbort));
    }
  });
  try {
    return await Promise.race([stopped, run(controller.signal)]);
  } finally {
    for (const undo of cleanUp) undo();
  }
}
