import type { RecallMode } from '../engine/index.ts';
import type { LocomoCategory } from './locomo-dataset.ts';
import type { LocomoGranularity } from './locomo-documents.ts';
import { anyAt, recallAt, reciprocalRank } from './retrieval-metrics.ts';
import { countEach, mean, percentile, roundFigure } from './statistics.ts';

/** `conversation`: each one searched alone; `corpus`: all of them together. */
export type LocomoScope = 'conversation' | 'corpus';

/** One question that has evidence, and what recall answered. */
export interface LocomoResult {
  readonly conversation: string;
  readonly question: string;
  readonly category: LocomoCategory;
  /** Keys of the memories that hold the evidence; at least one. */
  readonly evidence: readonly string[];
  /** Keys of the hits, best first. */
  readonly found: readonly string[];
  readonly ms: number;
  readonly servedMode: RecallMode;
  readonly degraded: boolean;
}

/** Shares from 0 to 1 by k. */
type ByRank = Readonly<Record<string, number>>;

export interface LocomoFigures {
  readonly questions: number;
  /** Mean share of a question's evidence among the first k hits. */
  readonly recallAt: ByRank;
  /** Share of the questions with some of their evidence among the first k hits. */
  readonly anyAt: ByRank;
  /** Mean of 1 / rank of the first hit that is evidence. */
  readonly mrr: number;
}

export interface LocomoSettings {
  readonly dataset: string;
  readonly granularity: LocomoGranularity;
  readonly scope: LocomoScope;
  readonly mode: RecallMode;
  /** Provider and model. */
  readonly embedder: string;
  readonly conversations: readonly string[];
  readonly limit: number;
}

/** The headline figures are those of categories 1 to 4; adversarial questions have no answer and stand apart. */
export interface LocomoReport extends LocomoFigures {
  /** Only those that have questions. */
  readonly byCategory: Readonly<Record<string, LocomoFigures>>;
  /** null without such questions. */
  readonly adversarial: LocomoFigures | null;
  /** Of one recall of categories 1 to 4, milliseconds. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Questions left out because none of their evidence exists. */
  readonly withoutEvidence: number;
  readonly memories: number;
  readonly failedMemories: number;
  /** How many recalls each mode served, all categories. */
  readonly servedModes: Readonly<Record<string, number>>;
  readonly degraded: number;
  readonly settings: LocomoSettings;
}

const CUTOFFS = [1, 5, 10, 25, 50, 100];
const HEADLINE = ['multi-hop', 'temporal', 'open-domain', 'single-hop'] as const;

export interface LocomoOutcome {
  readonly results: readonly LocomoResult[];
  readonly withoutEvidence: number;
  readonly memories: number;
  readonly failedMemories: number;
}

/** The figures of a run. Cut-offs beyond the number of hits asked for are left out. */
export function reportLocomo(outcome: LocomoOutcome, settings: LocomoSettings): LocomoReport {
  const { results, ...counts } = outcome;
  const cutoffs = CUTOFFS.filter((k) => k <= settings.limit);
  const of = (category: LocomoCategory): readonly LocomoResult[] =>
    results.filter((result) => result.category === category);
  const headline = results.filter((result) => result.category !== 'adversarial');
  const times = headline.map(({ ms }) => ms);
  return {
    ...figuresOf(headline, cutoffs),
    byCategory: Object.fromEntries(
      HEADLINE.filter((category) => of(category).length > 0).map((category) => [
        category,
        figuresOf(of(category), cutoffs),
      ]),
    ),
    adversarial: of('adversarial').length === 0 ? null : figuresOf(of('adversarial'), cutoffs),
    p50Ms: roundFigure(percentile(times, 0.5)),
    p95Ms: roundFigure(percentile(times, 0.95)),
    ...counts,
    servedModes: countEach(results.map(({ servedMode }) => servedMode)),
    degraded: results.filter(({ degraded }) => degraded).length,
    settings,
  };
}

function figuresOf(results: readonly LocomoResult[], cutoffs: readonly number[]): LocomoFigures {
  const judged = results.map(({ found, evidence }) => ({ found, relevant: new Set(evidence) }));
  const byRank = (measure: typeof recallAt): ByRank =>
    Object.fromEntries(
      cutoffs.map((k) => [
        k,
        roundFigure(mean(judged.map(({ found, relevant }) => measure(found, relevant, k)))),
      ]),
    );
  return {
    questions: results.length,
    recallAt: byRank(recallAt),
    anyAt: byRank(anyAt),
    mrr: roundFigure(mean(judged.map(({ found, relevant }) => reciprocalRank(found, relevant)))),
  };
}
