/*
 * Measures of one answered question. `found` are the ids that came back, best first; `relevant` are the ids that should
 * have come, at least one; k counts from 1.
 */

/** Share of the relevant ids among the first k, 0..1. */
export function recallAt(
  found: readonly string[],
  relevant: ReadonlySet<string>,
  k: number,
): number {
  assertNotEmpty(relevant);
  const hits = new Set(found.slice(0, k).filter((id) => relevant.has(id)));
  return hits.size / relevant.size;
}

/** 1 when a relevant id is among the first k, otherwise 0. */
export function anyAt(found: readonly string[], relevant: ReadonlySet<string>, k: number): 0 | 1 {
  return recallAt(found, relevant, k) > 0 ? 1 : 0;
}

/** 1 when all relevant ids are among the first k, otherwise 0. */
export function allAt(found: readonly string[], relevant: ReadonlySet<string>, k: number): 0 | 1 {
  return recallAt(found, relevant, k) === 1 ? 1 : 0;
}

/** 1 / rank of the first relevant id; 0 when none was found. */
export function reciprocalRank(found: readonly string[], relevant: ReadonlySet<string>): number {
  assertNotEmpty(relevant);
  const index = found.findIndex((id) => relevant.has(id));
  return index === -1 ? 0 : 1 / (index + 1);
}

function assertNotEmpty(relevant: ReadonlySet<string>): void {
  if (relevant.size === 0) throw new RangeError('a question without relevant ids has no measure');
}
