import type { RecallMatch } from './backends/recall-reads.ts';
import { Memory } from './memory.ts';
import type { MemoryRecord } from './model/memory-record.ts';
import type { RecallHit, ScoreExplanation } from './recall-operations.ts';
import { NAME_BOOST } from './search/rank.ts';

/** A hit as callers see it; value and metadata are parsed when somebody looks at them. */
export function toRecallHit(
  match: RecallMatch,
  source: RecallHit['source'],
  terms: Pick<ScoreExplanation, 'terms' | 'weights'>,
): RecallHit {
  const { record, score, semantic } = match;
  return hitOf(record, source, {
    score,
    distance: semantic === null ? null : 1 - semantic.similarity,
    explanation: {
      text: match.text,
      semantic: semantic === null ? null : { ...semantic, distance: 1 - semantic.similarity },
      nameBoost: match.named ? NAME_BOOST : 0,
      importanceFactor: match.importanceFactor,
      recencyFactor: match.recencyFactor,
      final: score,
      ...terms,
    },
  });
}

/** A hit that was kept in a cache. */
export function reviveHit({
  record,
  ...found
}: { readonly record: MemoryRecord } & FoundHit): RecallHit {
  return hitOf(record, 'cache', found);
}

type FoundHit = Pick<RecallHit, 'score' | 'distance' | 'explanation'>;

function hitOf(record: MemoryRecord, source: RecallHit['source'], found: FoundHit): RecallHit {
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
    source,
    ...found,
  };
}
