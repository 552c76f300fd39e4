import type { MemoryRecord } from '../types.ts';

/** Importance 0..1 moves a score by at most ±10 %. */
const IMPORTANCE_WEIGHT = 0.2;

/** Age moves a score by at most ±5 %: +5 % when just updated, nothing after one half-life, -5 % in the end. */
const RECENCY_WEIGHT = 0.1;
const HALF_LIFE_DAYS = 30;
const MS_PER_DAY = 86_400_000;

/** Bounds of importanceFactor × recencyFactor. */
const LARGEST_FACTOR = (1 + IMPORTANCE_WEIGHT / 2) * (1 + RECENCY_WEIGHT / 2);

/** Candidates of one recall, however flat the scores are: each carries its whole record. */
export const MAX_CANDIDATES = 1_000;

/** A hit of the text arm as the backend returns it: bm25 is positive, higher is better. */
export interface TextCandidate {
  readonly record: MemoryRecord;
  readonly bm25: number;
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
 * Final order of text candidates, best first: `score = bm25 / best bm25 × importanceFactor × recencyFactor`; equal scores by id.
 * The candidates may come in any order; their text rank is their place by bm25, then id.
 */
export function rankText(
  candidates: readonly TextCandidate[],
  context: RankContext,
): readonly RankedHit[] {
  const byText = candidates.toSorted(
    (left, right) => right.bm25 - left.bm25 || left.record.id - right.record.id,
  );
  const best = byText[0]?.bm25 ?? 0;
  return byText
    .map(({ record, bm25 }, index) => {
      // FTS5 gives a tiny positive score even to a term that every document holds; 0 cannot be divided by.
      const normalised = best > 0 ? bm25 / best : 1;
      const importance = importanceFactor(record.importance);
      const recency = recencyFactor(record.updatedAt, context.now);
      const final = normalised * importance * recency;
      return {
        record,
        score: final,
        explanation: {
          text: { rank: index + 1, bm25, normalised },
          semantic: null,
          importanceFactor: importance,
          recencyFactor: recency,
          final,
          terms: context.terms,
        },
      };
    })
    .sort((left, right) => right.score - left.score || left.record.id - right.record.id);
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

/**
 * How many candidates to fetch first for a limit of hits; `isSettled` tells whether they were enough, and if not MAX_CANDIDATES are.
 * No count is always enough, since scores may be flat. On LoCoMo (bench/recall-quality.ts) the first ten hits had this many
 * candidates with a chance: median 22, 9 of 10 questions at most 144.
 */
export function candidateCount(limit: number): number {
  return Math.min(MAX_CANDIDATES, Math.max(50, limit * 15));
}

/**
 * Whether candidates that were not fetched could still belong to the first `limit` hits. The factors are bounded by 1.155 together,
 * and whatever was not fetched has at most the bm25 of the last candidate, so its score cannot pass `last normalised × 1.155`.
 * When this is false, fetch more: the factors differ by 1.155 / 0.855 = 1.35 at most, so all hits whose bm25 is at least 0.74 of the
 * `limit`-th best have a chance, however many these are.
 */
export function isSettled(ranked: readonly RankedHit[], fetched: number, limit: number): boolean {
  if (ranked.length < fetched || ranked.length >= MAX_CANDIDATES) return true;
  const threshold = ranked[limit - 1]?.score ?? 0;
  const lowest = ranked.reduce((least, hit) => Math.min(least, hit.explanation.text.normalised), 1);
  return lowest * LARGEST_FACTOR < threshold;
}
