import { ChromaLateError } from './chroma-error.ts';

/** Who got less than this and no answer says nothing about the server: a query takes 5 ms, a batch of 100 records 100 ms. */
const PATIENCE_MS = 200;

/**
 * Runs the work with a signal that aborts at the deadline (Unix ms) or when `closing` does, and rejects then with ChromaLateError,
 * which is also the signal's reason, whether or not the work heeds the signal.
 */
export async function beforeDeadline<T>(
  deadline: number,
  closing: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const patienceMs = Math.max(0, deadline - Date.now());
  const abort = new AbortController();
  const giveUp = (): void =>
    abort.abort(new ChromaLateError(patienceMs, !closing.aborted && patienceMs >= PATIENCE_MS));
  closing.addEventListener('abort', giveUp);
  const timer = setTimeout(giveUp, patienceMs);
  if (patienceMs === 0 || closing.aborted) giveUp();
  try {
    return await untilAborted(abort.signal, work);
  } finally {
    clearTimeout(timer);
    closing.removeEventListener('abort', giveUp);
  }
}

/** Rejects with the signal's reason as soon as it aborts; also when the work rejects because of that, as an aborted fetch does. */
export async function untilAborted<T>(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([aborted, work(signal)]);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
