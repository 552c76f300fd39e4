/** One measured call in turns of two systems. */
export interface Contest {
  /** Calls of each system in all measured rounds together; at least one a round. */
  readonly operations: number;
  /** Calls kept open at once. */
  readonly callers: number;
  readonly signal: AbortSignal;
  /** `index` counts a round's calls from 0. */
  ours(index: number): Promise<unknown>;
  v4(index: number): Promise<unknown>;
}

/** Middle of the rounds. */
export interface Rounds {
  readonly oursPerSecond: number;
  readonly v4PerSecond: number;
  /** How many times more ours does in the same time. */
  readonly ratio: number;
}

/** Odd, so that there is a middle one. */
const ROUNDS = 5;

/** A round to warm up, then rounds in which the two take turns in going first. Rejects when the signal aborts. */
export async function inTurns(contest: Contest): Promise<Rounds> {
  const calls = Math.max(1, Math.ceil(contest.operations / ROUNDS));
  const rounds: { ours: number; v4: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    contest.signal.throwIfAborted();
    const speed = { ours: 0, v4: 0 };
    for (const name of round % 2 === 0 ? (['ours', 'v4'] as const) : (['v4', 'ours'] as const))
      speed[name] = await perSecond(calls, contest.callers, (index) => contest[name](index));
    if (round > 0) rounds.push(speed);
  }
  return {
    oursPerSecond: middle(rounds.map(({ ours }) => ours)),
    v4PerSecond: middle(rounds.map(({ v4 }) => v4)),
    ratio: middle(rounds.map(({ ours, v4 }) => ours / v4)),
  };
}

async function perSecond(
  calls: number,
  callers: number,
  call: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < calls) {
      next += 1;
      await call(next - 1);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: Math.min(callers, calls) }, caller));
  return (calls / (performance.now() - startedAt)) * 1000;
}

function middle(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}
