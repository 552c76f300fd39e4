/** What was measured of some calls. */
export interface Calls {
  /** Milliseconds of each. */
  readonly durations: readonly number[];
  /** Of the whole. */
  readonly seconds: number;
}

/**
 * Calls for each element, `callers` at a time, each caller going on as soon as its last call is answered. After `limitMs` no call
 * begins, so what was called is `elements.slice(0, durations.length)`.
 */
export async function boundedCalls<T>(
  elements: readonly T[],
  callers: number,
  limitMs: number,
  call: (element: T) => Promise<unknown>,
): Promise<Calls> {
  const durations: number[] = [];
  const waiting = elements.values();
  const startedAt = performance.now();
  const caller = async () => {
    while (performance.now() - startedAt < limitMs) {
      const next = waiting.next();
      if (next.done === true) return;
      const calledAt = performance.now();
      await call(next.value);
      durations.push(performance.now() - calledAt);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { durations, seconds: (performance.now() - startedAt) / 1000 };
}
