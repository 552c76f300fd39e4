import type { ReadMap } from '../backends/read-map.ts';
import { MAX_DUPLICATES } from '../limits.ts';
import type { MemoryRecord } from '../model/memory-record.ts';
import type { MemoryOutcome } from '../model/unit-outcome.ts';
import { comparableText, indexedWords } from '../search/comparable-text.ts';
import { type DuplicateCandidate, findCandidates } from './duplicate-candidates.ts';
import { candidatesById, matchCandidates } from './duplicate-matches.ts';
import { FILE_SOURCE, type RecordSource } from './record-source.ts';
import type { StatementCache } from './statement-cache.ts';

/** What is being stored. */
export type DuplicateProbe = ReadMap['duplicates']['args'];

/** A memory that says what is being stored. */
export interface FoundDuplicate {
  readonly record: MemoryRecord;
  readonly similarity: number;
  readonly exact: boolean;
}

/** Words that an exact duplicate is looked up by, the longest ones; its text is compared afterwards. */
const MAX_EXACT_WORDS = 24;
const MAX_COMPARED = 500;

/**
 * Memories that say what is being stored: exact ones first, then the most similar, then the oldest; at most
 * MAX_DUPLICATES. A value without a word or number in it (`null`, `true`, `""`) is never a duplicate.
 * The full-text index must hold all memories of the sources.
 */
export function findDuplicates(
  statements: StatementCache,
  probe: DuplicateProbe,
  sources: readonly RecordSource[] = [FILE_SOURCE],
): readonly FoundDuplicate[] {
  return sources
    .flatMap((source) => duplicatesIn(statements, probe, source))
    .sort(bestFirst)
    .slice(0, MAX_DUPLICATES);
}

/** As callers are told. */
export function toDuplicates(found: readonly FoundDuplicate[]): ReadMap['duplicates']['result'] {
  return found.map(({ record: { id, key }, similarity, exact }) => ({
    id,
    key,
    similarity,
    exact,
  }));
}

/** What a store that looked for them answers; `found` is absent when it did not. */
export function withDuplicates(
  outcome: MemoryOutcome,
  found: readonly FoundDuplicate[] | undefined,
): MemoryOutcome {
  return found === undefined ? outcome : { ...outcome, duplicates: toDuplicates(found) };
}

function duplicatesIn(
  statements: StatementCache,
  probe: DuplicateProbe,
  source: RecordSource,
): readonly FoundDuplicate[] {
  const words = [...indexedWords(probe.valueText)];
  if (words.length === 0) return [];
  const all = words
    .sort((left, right) => right.length - left.length)
    .slice(0, MAX_EXACT_WORDS)
    .map((word) => `"${word}"`)
    .join(' AND ');
  const text = comparableText(probe.valueText);
  const exact = matchCandidates(statements, probe, source, all, MAX_COMPARED)
    .filter((record) => comparableText(record.valueText) === text)
    .map((record): FoundDuplicate => ({ record, similarity: 1, exact: true }));
  const known = new Set(exact.map(({ record }) => record.id));
  const near = findCandidates(statements, probe, source).filter(({ id }) => !known.has(id));
  return [...exact, ...withRecords(statements, probe, source, near)];
}

function withRecords(
  statements: StatementCache,
  probe: DuplicateProbe,
  source: RecordSource,
  candidates: readonly DuplicateCandidate[],
): readonly FoundDuplicate[] {
  const similarities = new Map(candidates.map(({ id, similarity }) => [id, similarity]));
  return candidatesById(statements, probe, source, [...similarities.keys()]).map((record) => ({
    record,
    similarity: similarities.get(record.id) ?? 0,
    exact: false,
  }));
}

function bestFirst(left: FoundDuplicate, right: FoundDuplicate): number {
  return (
    Number(right.exact) - Number(left.exact) ||
    right.similarity - left.similarity ||
    left.record.id - right.record.id
  );
}
