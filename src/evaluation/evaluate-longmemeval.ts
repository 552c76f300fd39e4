import {
  type EngineOptions,
  MAX_RECALL_LIMIT,
  type RecallMode,
  toJsonText,
  ValidationError,
} from '../engine/index.ts';
import {
  type Answer,
  type EvaluationHooks,
  type ImportRow,
  withEvaluationStore,
} from './evaluation-store.ts';
import type { LongMemEvalQuestion } from './longmemeval-dataset.ts';
import {
  type LongMemEvalDocument,
  type LongMemEvalGranularity,
  toHaystack,
} from './longmemeval-documents.ts';
import {
  LONGMEMEVAL_CUTOFFS,
  type LongMemEvalScore,
  type RankedHaystack,
  scoreDocuments,
  scoreSessions,
} from './longmemeval-scores.ts';

/** Scores by k. */
export type ScoresByRank = Readonly<Record<string, LongMemEvalScore>>;

export interface LongMemEvalResult {
  readonly id: string;
  readonly type: string;
  /** Published ids of the evidence and of what was found, best first. */
  readonly evidence: readonly string[];
  readonly found: readonly string[];
  readonly session: ScoresByRank;
  /** null at granularity `session`. */
  readonly turn: ScoresByRank | null;
  readonly ms: number;
  readonly servedMode: RecallMode;
  readonly degraded: boolean;
}

export interface LongMemEvalOutcome {
  readonly results: readonly LongMemEvalResult[];
  readonly skipped: {
    /** `_abs` in the id: what is asked for never happened. */
    readonly abstention: number;
    /** Only the assistant said the answer, and what it said is not indexed. */
    readonly withoutUserEvidence: number;
  };
  readonly memories: number;
  readonly failedMemories: number;
}

export interface LongMemEvalRun {
  readonly granularity: LongMemEvalGranularity;
  readonly mode: RecallMode;
  /** Number of questions in the file, for `onProgress`; null: nobody looks. */
  readonly total: number | null;
}

/**
 * Asks the questions of LongMemEval by the retrieval protocol of its paper: each question has a database of its own that holds its
 * haystack. At most 100 hits are looked at, which session scores at granularity `turn` may notice from k = 30 on: they want k
 * different sessions. Throws the signal's reason when it aborts.
 */
export async function evaluateLongMemEval(
  questions: AsyncIterable<LongMemEvalQuestion>,
  { granularity, mode, total }: LongMemEvalRun,
  options: EngineOptions,
  hooks: EvaluationHooks = {},
): Promise<LongMemEvalOutcome> {
  const results: LongMemEvalResult[] = [];
  const skipped = { abstention: 0, withoutUserEvidence: 0 };
  const counts = { memories: 0, failedMemories: 0 };
  let done = 0;
  for await (const question of questions) {
    hooks.signal?.throwIfAborted();
    const haystack = toHaystack(question, granularity);
    if (question.question_id.includes('_abs')) skipped.abstention += 1;
    else if (!haystack.some(({ isEvidence }) => isEvidence)) skipped.withoutUserEvidence += 1;
    else {
      const answer = await withEvaluationStore(options, async (memories) => {
        const stored = await memories.fill(haystack.map(toRow), mode, {
          ...hooks,
          onFailure: ({ key, reason }) =>
            hooks.onFailure?.({ key: `${question.question_id} ${key}`, reason }),
        });
        counts.memories += stored.memories;
        counts.failedMemories += stored.failedMemories;
        return memories.ask({ query: question.question, mode, limit: MAX_RECALL_LIMIT });
      });
      results.push(judge(question, haystack, granularity, answer));
    }
    done += 1;
    if (total !== null) hooks.onProgress?.(done, total);
  }
  if (results.length === 0) throw new ValidationError('no question has evidence by the user');
  return { results, skipped, ...counts };
}

function judge(
  question: LongMemEvalQuestion,
  all: readonly LongMemEvalDocument[],
  granularity: LongMemEvalGranularity,
  { keys, ...served }: Answer,
): LongMemEvalResult {
  const byKey = new Map(all.map((document) => [document.key, document]));
  const ranked = { found: keys.flatMap((key) => byKey.get(key) ?? []), all };
  const isTurn = granularity === 'turn';
  return {
    id: question.question_id,
    type: question.question_type,
    evidence: all.filter(({ isEvidence }) => isEvidence).map(({ id }) => id),
    found: ranked.found.map(({ id }) => id),
    session: byRank(ranked, isTurn ? scoreSessions : scoreDocuments),
    turn: isTurn ? byRank(ranked, scoreDocuments) : null,
    ...served,
  };
}

function byRank(ranked: RankedHaystack, score: typeof scoreDocuments): ScoresByRank {
  return Object.fromEntries(LONGMEMEVAL_CUTOFFS.map((k) => [k, score(ranked, k)]));
}

/** All of one moment: the published evaluation knows no times, so none may lift one document over another. */
function toRow({ key, text }: LongMemEvalDocument): ImportRow {
  const createdAt = 0;
  return {
    record: {
      key,
      valueText: toJsonText(text, ['value']),
      metadataText: '{}',
      tags: [],
      section: 'episodic_memory',
      persona: null,
      importance: null,
      createdAt,
      updatedAt: createdAt,
      accessedAt: createdAt,
      accessCount: 0,
      expiresAt: null,
    },
  };
}
