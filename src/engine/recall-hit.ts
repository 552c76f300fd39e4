import { Memory } from './memory.ts';
import type { RecallHit, ScoreExplanation } from './operations.ts';
import type { MemoryRecord } from './types.ts';

/** A hit as data, the form that the cache keeps. */
export interface ScoredRecord {
  readonly record: MemoryRecord;
  readonly score: number;
  readonly explanation: ScoreExplanation;
}

/** A hit as callers see it; value and metadata are parsed when somebody looks at them. */
export function toRecallHit(
  { record, score, explanation }: ScoredRecord,
  source: RecallHit['source'],
): RecallHit {
  const memory = new Memory(record);
  return {
    memory,
    key: record.key,
    get value() {
      return memory.value;
    },
    get metadata() {
      return memory.metadata;
    },
    section: record.section,
    importance: record.importance,
    score,
    distance: null,
    source,
    explanation,
  };
}
