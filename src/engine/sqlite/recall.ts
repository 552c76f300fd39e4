import type { ReadMap } from '../backends/read-map.ts';
import type { RecallMatch } from '../backends/recall-reads.ts';
import { MemoryDataCorruptionError } from '../errors.ts';
import type { MemoryRecord } from '../model/memory-record.ts';
import { type Candidate, type FusedScore, fuse } from '../search/fuse.ts';
import { CodeCache } from './code-cache.ts';
import { type TextCandidate, withContext } from './conversation-context.ts';
import { type KeptForRecall, type RecallArguments, RecallScope } from './recall-scope.ts';
import { RECORD_COLUMNS, recordFromRow } from './record-row.ts';
import { FILE_SOURCE, type RecordSource } from './record-source.ts';
import { type SemanticArmResult, semanticArm } from './semantic-arm.ts';
import type { StatementCache } from './statement-cache.ts';
import { TermCounts } from './term-counts.ts';
import { textArm } from './text-arm.ts';
import { REPAIR_REMEDY } from './verify/findings.ts';

/**
 * The best hits of both arms. The candidates of each arm are united, what one arm found is looked up in the vectors of the other,
 * and all are fused once; ranking happens here, in the reader, so that only the hits themselves cross to the main thread.
 */
export function recall(
  statements: StatementCache,
  args: RecallArguments,
  counts: TermCounts = new TermCounts(),
  kept: KeptForRecall = { codes: new CodeCache() },
): ReadMap['recall']['result'] {
  const scope = new RecallScope(statements, args, FILE_SOURCE, kept);
  return toMatches(scope, candidatesOf(scope, counts), [FILE_SOURCE]);
}

/** Candidates of one source: the file, or what a transaction has not touched of it. */
export function candidatesOf(scope: RecallScope, counts: TermCounts): FoundCandidates {
  const { args } = scope;
  const words = args.query === null ? [] : withContext(scope, textArm(scope, counts));
  const meanings = args.vectors.map((vector) => semanticArm(scope, vector, words));
  return {
    candidates: unite(words, meanings),
    vectorsFrom: [...new Set(meanings.flatMap(({ vectorsFrom }) => vectorsFrom))],
    problem: meanings.find(({ problem }) => problem !== null)?.problem ?? null,
  };
}

/** With what the semantic arm compared. */
export interface FoundCandidates
  extends Pick<ReadMap['recall']['result'], 'vectorsFrom' | 'problem'> {
  readonly candidates: readonly Candidate[];
}

/** One list without doubles; a memory has a vector of one model only. */
export function unite(
  words: readonly TextCandidate[],
  meanings: readonly Pick<SemanticArmResult, 'model' | 'matches' | 'background'>[],
): readonly Candidate[] {
  const united = new Map<number, Candidate>();
  for (const { id, importance, updatedAt, named, text } of words)
    united.set(id, { id, importance, updatedAt, named, text, semantic: null });
  for (const { model, matches, background } of meanings) {
    for (const { id, importance, updatedAt, named, similarity } of matches) {
      const text = united.get(id)?.text ?? null;
      const semantic = { similarity, model, background };
      united.set(id, { id, importance, updatedAt, named, text, semantic });
    }
  }
  return [...united.values()];
}

/** The best of the candidates with their records. */
export function toMatches(
  { statements, args: { weights, limit, now }, damagedVectors }: RecallScope,
  { candidates, vectorsFrom, problem }: FoundCandidates,
  sources: readonly RecordSource[],
): ReadMap['recall']['result'] {
  const best = fuse(candidates, { weights, limit, now });
  const ids = best.map(({ id }) => id);
  const records = new Map<number, MemoryRecord>();
  for (const source of sources) {
    for (const record of recordsOf(statements, source, ids)) records.set(record.id, record);
  }
  return {
    vectorsFrom,
    problem: problem ?? leftOut(damagedVectors.size),
    hits: best.map((score) => toMatch(records.get(score.id) ?? missing(score.id), score)),
    damagedVectors: [...damagedVectors],
  };
}

function leftOut(count: number): string | null {
  if (count === 0) return null;
  return `the vectors of ${count} memories are damaged and were left out; they are being made anew`;
}

/** An index holds it and the table does not; dropping it would hide that. */
function missing(id: number): never {
  throw new MemoryDataCorruptionError(`memory ${id} stands in an index, but cannot be read`, {
    data: { memoryId: id },
    remedy: REPAIR_REMEDY,
  });
}

function recordsOf(
  statements: StatementCache,
  { from, condition }: RecordSource,
  ids: readonly number[],
): readonly MemoryRecord[] {
  const sql = `SELECT ${RECORD_COLUMNS} FROM ${from} WHERE m.id IN (SELECT value FROM json_each(?)) ${condition}`;
  return statements.rows(sql, JSON.stringify(ids)).map(recordFromRow);
}

function toMatch(record: MemoryRecord, score: FusedScore): RecallMatch {
  const { text, semantic, named, importanceFactor, recencyFactor } = score;
  return { record, text, semantic, named, importanceFactor, recencyFactor, score: score.score };
}
