import type { MemoryRecord } from '../types.ts';

/** Importance 0..1 moves a score by at most ±10 %. */
const IMPORTANCE_WEIGHT = 0.2;

/** Age moves a score by at most ±5 %: +5 % when just updated, nothing after one half-life, -5 % in the end. */
const RECENCY_WEIGHT = 0.1;
const HALF_LIFE_DAYS = 30;
const MS_PER_DAY = 86_400_000;

/** Bound of importanceFactor × recencyFactor: a memory whose text score times this is below another's score cannot pass it. */
export const LARGEST_FACTOR = (1 + IMPORTANCE_WEIGHT / 2) * (1 + RECENCY_WEIGHT / 2);

/** What the order of a memory depends on besides the time. */
export interface TextMatch {
  readonly id: number;
  /** Text score, see text-score.ts: not negative, higher is better. */
  readonly bm25: number;
  readonly importance: number;
  /** Unix ms */
  readonly updatedAt: number;
}

/** Place of a match among all matches by text alone. */
export interface TextRank {
  readonly id: number;
  readonly bm25: number;
  /** 1 = best text score; equal ones by id. */
  readonly rank: number;
  /** bm25 / best bm25 of all matches, 0..1 */
  readonly normalised: number;
}

/** A hit of the text arm as the backend returns it. */
export interface RankedText extends Omit<TextRank, 'id'> {
  readonly record: MemoryRecord;
}

export interface RankedHit {
  readonly record: MemoryRecord;
  readonly score: number;
  /** A ScoreExplanation of a text-only recall. */
  readonly explanation: {
    readonly text: { readonly rank: number; readonly bm25: number; readonly normalised: number };
    readonly semantic: null;
    readonly importanceFactor: number;
    readonly recencyFactor: number;
    readonly final: number;
    readonly terms: readonly string[];
  };
}

export interface RankContext {
  /** Terms of the query, repeated in every explanation. */
  readonly terms: readonly string[];
  /** Unix ms that ages are counted from. */
  readonly now: number;
}

/**
 * The best `limit` of all matches, best first: `score = bm25 / best bm25 × importanceFactor × recencyFactor`; equal scores by id.
 * The matches may come in any order.
 */
export function rankText(
  matches: readonly TextMatch[],
  limit: number,
  now: number,
): readonly TextRank[] {
  let best = 0;
  for (const { bm25 } of matches) best = Math.max(best, bm25);
  const scores = new Float64Array(matches.length);
  for (const [index, { bm25, importance, updatedAt }] of matches.entries())
    scores[index] = finalScore(normalise(bm25, best), importance, updatedAt, now);
  const threshold = scores.toSorted().at(-limit) ?? Number.NEGATIVE_INFINITY;
  const hits: { readonly match: TextMatch; readonly score: number }[] = [];
  for (const [index, match] of matches.entries()) {
    const score = scores[index] ?? 0;
    if (score >= threshold) hits.push({ match, score });
  }
  return hits
    .sort((left, right) => right.score - left.score || left.match.id - right.match.id)
    .slice(0, limit)
    .map(({ match: { id, bm25 } }) => ({
      id,
      bm25,
      rank: placeOf(id, bm25, matches),
      normalised: normalise(bm25, best),
    }));
}

/** The hit with its score and every number of the formula. */
export function explainText(hit: RankedText, { terms, now }: RankContext): RankedHit {
  const { record, rank, bm25, normalised } = hit;
  const score = scoreOf(hit, now);
  return {
    record,
    score,
    explanation: {
      text: { rank, bm25, normalised },
      semantic: null,
      importanceFactor: importanceFactor(record.importance),
      recencyFactor: recencyFactor(record.updatedAt, now),
      final: score,
      terms,
    },
  };
}

/**
 * One list of two that were ranked apart, best first, the second one's bm25 brought to the scale of the first: the scores of both
 * are shares of their own best. Places are counted over the hits given.
 */
export function mergeRankedText(
  first: readonly RankedText[],
  second: readonly RankedText[],
  limit: number,
  now: number,
): readonly RankedText[] {
  const [sample] = first;
  const best =
    sample === undefined || sample.normalised === 0 ? null : sample.bm25 / sample.normalised;
  const scaled = second.map((hit) =>
    best === null ? hit : { ...hit, bm25: hit.normalised * best },
  );
  const all = [...first, ...scaled];
  return all
    .map((hit) => ({
      ...hit,
      rank: 1 + all.filter((other) => precedes(other, hit)).length,
    }))
    .sort(
      (left, right) => scoreOf(right, now) - scoreOf(left, now) || left.record.id - right.record.id,
    )
    .slice(0, limit);
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

/** Text score, normalised or not, times the factors. */
export function finalScore(
  text: number,
  importance: number,
  updatedAt: number,
  now: number,
): number {
  return text * importanceFactor(importance) * recencyFactor(updatedAt, now);
}

function scoreOf({ normalised, record }: RankedText, now: number): number {
  return finalScore(normalised, record.importance, record.updatedAt, now);
}

/** FTS5 gives a tiny positive score even to a term that every document holds; 0 cannot be divided by. */
function normalise(bm25: number, best: number): number {
  return best > 0 ? bm25 / best : 1;
}

function placeOf(id: number, bm25: number, matches: readonly TextMatch[]): number {
  let place = 1;
  for (const other of matches) {
    if (other.bm25 > bm25 || (other.bm25 === bm25 && other.id < id)) place += 1;
  }
  return place;
}

function precedes(left: RankedText, right: RankedText): boolean {
  return (
    left.normalised > right.normalised ||
    (left.normalised === right.normalised && left.record.id < right.record.id)
  );
}
