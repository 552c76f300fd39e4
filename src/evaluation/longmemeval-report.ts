import type { RecallMode } from '../engine/index.ts';
import type {
  LongMemEvalOutcome,
  LongMemEvalResult,
  ScoresByRank,
} from './evaluate-longmemeval.ts';
import type { LongMemEvalGranularity } from './longmemeval-documents.ts';
import { LONGMEMEVAL_CUTOFFS, type LongMemEvalScore } from './longmemeval-scores.ts';
import { countEach, mean, percentile, roundFigure } from './statistics.ts';

/** Means over the questions by k, 0..1. `any` and `all` are never mixed: published figures differ by which one they are. */
export type LongMemEvalMeans = {
  readonly [Measure in keyof LongMemEvalScore]: Readonly<Record<string, number>>;
};

export interface LongMemEvalFigures {
  readonly questions: number;
  readonly session: LongMemEvalMeans;
  /** null at granularity `session`. */
  readonly turn: LongMemEvalMeans | null;
}

export interface LongMemEvalSettings {
  readonly dataset: string;
  readonly granularity: LongMemEvalGranularity;
  readonly mode: RecallMode;
  /** Provider and model. */
  readonly embedder: string;
}

export interface LongMemEvalReport extends LongMemEvalFigures {
  readonly byType: Readonly<Record<string, LongMemEvalFigures>>;
  readonly skipped: LongMemEvalOutcome['skipped'];
  /** Of one recall, milliseconds. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly memories: number;
  readonly failedMemories: number;
  readonly servedModes: Readonly<Record<string, number>>;
  readonly degraded: number;
  readonly settings: LongMemEvalSettings;
}

export function reportLongMemEval(
  { results, skipped, memories, failedMemories }: LongMemEvalOutcome,
  settings: LongMemEvalSettings,
): LongMemEvalReport {
  const times = results.map(({ ms }) => ms);
  const types = [...new Set(results.map(({ type }) => type))].toSorted();
  return {
    ...figuresOf(results),
    byType: Object.fromEntries(
      types.map((type) => [type, figuresOf(results.filter((result) => result.type === type))]),
    ),
    skipped,
    p50Ms: roundFigure(percentile(times, 0.5)),
    p95Ms: roundFigure(percentile(times, 0.95)),
    memories,
    failedMemories,
    servedModes: countEach(results.map(({ servedMode }) => servedMode)),
    degraded: results.filter(({ degraded }) => degraded).length,
    settings,
  };
}

function figuresOf(results: readonly LongMemEvalResult[]): LongMemEvalFigures {
  const turns = results.flatMap(({ turn }) => (turn === null ? [] : [turn]));
  return {
    questions: results.length,
    session: meansOf(results.map(({ session }) => session)),
    turn: turns.length === 0 ? null : meansOf(turns),
  };
}

function meansOf(scores: readonly ScoresByRank[]): LongMemEvalMeans {
  const means = (measure: keyof LongMemEvalScore): Readonly<Record<string, number>> =>
    Object.fromEntries(
      LONGMEMEVAL_CUTOFFS.map((k) => [
        k,
        roundFigure(mean(scores.map((byRank) => byRank[k]?.[measure] ?? 0))),
      ]),
    );
  return {
    recallAny: means('recallAny'),
    recallAll: means('recallAll'),
    ndcgAny: means('ndcgAny'),
  };
}
