import { type BlockResult, blockResult } from './samples.ts';

/**
 * Keeps `callers` calls open for `durationMs`: each caller starts its next call as soon as its last one is answered.
 * A duration runs from the call to the moment the caller goes on, so a call that blocks the process also
 * counts against all callers that wait behind it. The block ends when the last open call is answered.
 * `clock` gives milliseconds.
 */
export async function closedLoop(
  callers: number,
  durationMs: number,
  call: () => Promise<unknown>,
  clock: () => number = () => performance.now(),
): Promise<BlockResult> {
  const durations: number[] = [];
  const startedAt = clock();
  const endsAt = startedAt + durationMs;
  const caller = async () => {
    let now = clock();
    while (now < endsAt) {
      const calledAt = now;
      await call();
      now = clock();
      durations.push(now - calledAt);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return blockResult(durations, (clock() - startedAt) / 1000);
}
