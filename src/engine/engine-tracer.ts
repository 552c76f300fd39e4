/** When a database thread worked on a request, in Unix milliseconds with fractions. */
export interface ThreadTiming {
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Told once when a request to the database is over; `undefined` when no thread answered it. */
export type RequestEnd = (timing: ThreadTiming | undefined) => void;

/**
 * Follows the work of an engine, for traces. The engine knows nothing of how traces are kept: whoever opens it hands one
 * over, or none, and then nothing is timed and no message to a thread asks for times.
 */
export interface EngineTracer {
  /** Runs one public operation; the requests it makes while it runs belong to it. Passes its outcome on unchanged. */
  operation<T>(name: string, run: () => Promise<T>): Promise<T>;
  /** A request joins the queue of the database now; undefined when nobody follows it. */
  request(name: string): RequestEnd | undefined;
}

/** The clock that all threads of a process share: Unix milliseconds with fractions, never set back. */
export function sharedNow(): number {
  return performance.timeOrigin + performance.now();
}
