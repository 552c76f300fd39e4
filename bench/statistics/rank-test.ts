/** Samples of more values would have too many ways to be divided. */
const MAX_VALUES = 24;

/**
 * Exact one-sided test of Mann and Whitney (1947): how likely it is that `low` lies as far below `high` as it does, or further, when
 * both were drawn from the same source. All divisions of the values into two samples of these sizes are counted; equal values count
 * half. RangeError for more than 24 values or an empty sample.
 */
export function probabilityOfLower(low: readonly number[], high: readonly number[]): number {
  const all = [...low, ...high];
  if (low.length === 0 || high.length === 0 || all.length > MAX_VALUES)
    throw new RangeError(`${low.length} and ${high.length} values cannot be compared`);
  const observed = winsOf(low, high);
  let extreme = 0;
  let total = 0;
  for (const chosen of combinations(all.length, low.length)) {
    const inside = all.filter((_, index) => chosen.has(index));
    const outside = all.filter((_, index) => !chosen.has(index));
    total += 1;
    if (winsOf(inside, outside) <= observed) extreme += 1;
  }
  return extreme / total;
}

/** What `probabilityOfLower` gives when all of `low` lie below all of `high`: one division of all. */
export function leastProbability(low: number, high: number): number {
  let ways = 1;
  for (let chosen = 1; chosen <= low; chosen += 1) ways = (ways * (high + chosen)) / chosen;
  return 1 / ways;
}

/** How many pairs have the greater value in `sample`; the U of the test. */
function winsOf(sample: readonly number[], other: readonly number[]): number {
  let wins = 0;
  for (const value of sample)
    for (const rival of other) wins += value > rival ? 1 : value === rival ? 0.5 : 0;
  return wins;
}

/** Every way to choose `count` of `size` places. */
function* combinations(size: number, count: number, from = 0): Generator<Set<number>> {
  if (count === 0) {
    yield new Set();
    return;
  }
  for (let first = from; first <= size - count; first += 1)
    for (const rest of combinations(size, count - 1, first + 1)) yield rest.add(first);
}
