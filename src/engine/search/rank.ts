/** Importance 0..1 moves a score by at most ±10 %. */
const IMPORTANCE_WEIGHT = 0.2;

/** Age moves a score by at most ±5 %: +5 % when just updated, nothing after one half-life, -5 % in the end. */
const RECENCY_WEIGHT = 0.1;
const HALF_LIFE_DAYS = 30;
const MS_PER_DAY = 86_400_000;

/**
 * Added to the score of both arms together (at most 1) when the query names the memory's persona. LoCoMo, text R@10 on conv-26 and
 * conv-30 by this number: 0 76.7, 0.1 77.9, 0.2 78.5, 0.3 80.0, 0.4 79.6.
 */
export const NAME_BOOST = 0.3;

/** Shares of the arms in a hybrid score. */
export const DEFAULT_WEIGHTS = Object.freeze({ text: 0.5, semantic: 0.5 });

/** What the order of a memory depends on besides the query. */
export interface Ranked {
  readonly id: number;
  readonly importance: number;
  /** Unix ms */
  readonly updatedAt: number;
  /** The query names its persona. */
  readonly named: boolean;
}

/** 0.9..1.1 */
export function importanceFactor(importance: number): number {
  return 1 + IMPORTANCE_WEIGHT * (importance - 0.5);
}

/** 0.95..1.05 by the time since the last change; a time in the future counts as now. */
export function recencyFactor(updatedAt: number, now: number): number {
  const ageDays = Math.max(0, now - updatedAt) / MS_PER_DAY;
  return 1 + RECENCY_WEIGHT * (2 ** (-ageDays / HALF_LIFE_DAYS) - 0.5);
}

/** Everything that one arm multiplies the score of a memory with to choose its candidates. */
export function selectionFactor(
  { importance, updatedAt, named }: Omit<Ranked, 'id'>,
  now: number,
): number {
  return (
    importanceFactor(importance) * recencyFactor(updatedAt, now) * (named ? 1 + NAME_BOOST : 1)
  );
}

/** Bound of `selectionFactor`: a memory whose score times this is below another's score cannot pass it. */
export function largestSelectionFactor(names: boolean): number {
  return (1 + IMPORTANCE_WEIGHT / 2) * (1 + RECENCY_WEIGHT / 2) * (names ? 1 + NAME_BOOST : 1);
}
