import type { LongMemEvalDocument } from './longmemeval-documents.ts';
import { ndcg } from './ndcg.ts';
import { allAt, anyAt } from './retrieval-metrics.ts';

/** The cut-offs that the published evaluation reports. */
export const LONGMEMEVAL_CUTOFFS = [1, 3, 5, 10, 30, 50] as const;

/** Of one question at one k. */
export interface LongMemEvalScore {
  /** 1 when some evidence is among the first k. */
  readonly recallAny: number;
  /** 1 when all evidence is among the first k. */
  readonly recallAll: number;
  /** See `ndcg`. */
  readonly ndcgAny: number;
}

/** An answered question: the documents found, best first, and all documents of its haystack. */
export interface RankedHaystack {
  readonly found: readonly LongMemEvalDocument[];
  readonly all: readonly LongMemEvalDocument[];
}

/** Judged by the documents themselves. */
export function scoreDocuments({ found, all }: RankedHaystack, k: number): LongMemEvalScore {
  return score(found.map(idOf), all.map(idOf), evidenceOf(all, idOf), k);
}

/**
 * Turns judged by their sessions: k grows until k different sessions are among the turns found, or to the end of the haystack,
 * and the turns up to there count for their sessions.
 */
export function scoreSessions({ found, all }: RankedHaystack, k: number): LongMemEvalScore {
  const sessions = found.map(sessionOf);
  let reach = k;
  while (reach <= all.length && new Set(sessions.slice(0, reach)).size < k) reach += 1;
  return score(sessions, all.map(sessionOf), evidenceOf(all, sessionOf), reach);
}

function score(
  found: readonly string[],
  all: readonly string[],
  evidence: ReadonlySet<string>,
  k: number,
): LongMemEvalScore {
  return {
    recallAny: anyAt(found, evidence, k),
    recallAll: allAt(found, evidence, k),
    ndcgAny: ndcg(
      found.map((id) => evidence.has(id)),
      all.filter((id) => evidence.has(id)).length,
      k,
    ),
  };
}

function evidenceOf(
  all: readonly LongMemEvalDocument[],
  nameOf: (document: LongMemEvalDocument) => string,
): ReadonlySet<string> {
  return new Set(all.filter(({ isEvidence }) => isEvidence).map(nameOf));
}

function idOf({ id }: LongMemEvalDocument): string {
  return id;
}

function sessionOf({ session }: LongMemEvalDocument): string {
  return session;
}
