/** Durations of one measured block, in milliseconds. */
export interface BlockResult {
  readonly operations: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Calls that were refused, which no other figure counts; absent where none may be. */
  readonly errors?: number;
}

/** Exact figures of one block: `durations` in ms of each operation, `seconds` of the whole block. */
export function blockResult(
  durations: readonly number[],
  seconds: number,
  errors?: number,
): BlockResult {
  const sorted = Float64Array.from(durations).sort();
  const total = sorted.reduce((sum, duration) => sum + duration, 0);
  return {
    operations: sorted.length,
    seconds,
    perSecond: sorted.length / seconds,
    mean: total / Math.max(1, sorted.length),
    p50: percentile(sorted, 50),
    p95: percentile(sorted, 95),
    p99: percentile(sorted, 99),
    ...(errors === undefined ? {} : { errors }),
  };
}

/** The middle of all rounds, figure by figure, so that one disturbed round does not count. */
export function medianResult(rounds: readonly BlockResult[]): BlockResult {
  const middle = (figure: Exclude<keyof BlockResult, 'errors'>) =>
    median(rounds.map((round) => round[figure]));
  const errors = rounds.flatMap((round) => round.errors ?? []);
  return {
    operations: middle('operations'),
    seconds: middle('seconds'),
    perSecond: middle('perSecond'),
    mean: middle('mean'),
    p50: middle('p50'),
    p95: middle('p95'),
    p99: middle('p99'),
    // Of refusals none may be overlooked, so all rounds count.
    ...(errors.length === 0 ? {} : { errors: errors.reduce((sum, count) => sum + count, 0) }),
  };
}

/** The middle value; the mean of the two middle ones when their number is even; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** Nearest rank; `sorted` ascending; NaN when empty. */
function percentile(sorted: Float64Array, percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}
