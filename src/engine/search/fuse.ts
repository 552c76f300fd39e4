import { importanceFactor, NAME_BOOST, type Ranked, recencyFactor } from './rank.ts';

/** What the text arm found out about a memory. */
export interface TextEvidence {
  readonly bm25: number;
  readonly context: number;
  readonly coverage: number;
}

/** What the semantic arm found out about a memory by the vectors of one model. */
export interface SemanticEvidence {
  readonly model: string;
  /** Cosine with the query: -1..1. */
  readonly similarity: number;
  /** The cosine that says nothing: two deviations below the mean between this query and a sample of all memories. */
  readonly background: number;
}

/** A memory that an arm handed over. */
export interface Candidate extends Ranked {
  readonly text: TextEvidence | null;
  readonly semantic: SemanticEvidence | null;
}

export interface FusedScore extends Ranked {
  readonly text: (TextEvidence & { readonly rank: number; readonly normalised: number }) | null;
  readonly semantic:
    | (SemanticEvidence & { readonly rank: number; readonly normalised: number })
    | null;
  readonly importanceFactor: number;
  readonly recencyFactor: number;
  readonly score: number;
}

export interface FusionTerms {
  readonly weights: { readonly text: number; readonly semantic: number };
  readonly limit: number;
  /** Unix ms that ages are counted from. */
  readonly now: number;
}

/**
 * The best `limit` of all candidates, best first, equal scores by id:
 *
 *     score = ((wt·text + ws·semantic) / (wt + ws) + NAME_BOOST·named) × importanceFactor × recencyFactor
 *
 * `text` is the arm's score divided by the best of all candidates, so that a miss is 0; `semantic` is
 * (similarity - background) / (best similarity - background) of its model, at least 0, because cosines of unrelated texts differ
 * from model to model. An arm that did not find a memory counts 0. Scores rather than ranks are fused: on LoCoMo reciprocal ranks
 * with k = 60 gained nothing over text alone. The background comes from a sample of all memories, not from the least of the candidates,
 * which changes with their number: R@10 on conv-26 and conv-30 81.1, with the least of 100 candidates 79.1.
 */
export function fuse(candidates: readonly Candidate[], terms: FusionTerms): readonly FusedScore[] {
  const text = normaliseText(candidates);
  const semantic = normaliseSemantic(candidates);
  const weight = terms.weights.text + terms.weights.semantic;
  return candidates
    .map((candidate): FusedScore => {
      const { id, importance, updatedAt, named } = candidate;
      const words = text.get(id) ?? null;
      const meaning = semantic.get(id) ?? null;
      const base =
        terms.weights.text * (words?.normalised ?? 0) +
        terms.weights.semantic * (meaning?.normalised ?? 0);
      const byImportance = importanceFactor(importance);
      const byAge = recencyFactor(updatedAt, terms.now);
      const score = (base / weight + (named ? NAME_BOOST : 0)) * byImportance * byAge;
      return {
        id,
        importance,
        updatedAt,
        named,
        text: words,
        semantic: meaning,
        importanceFactor: byImportance,
        recencyFactor: byAge,
        score,
      };
    })
    .sort((left, right) => right.score - left.score || left.id - right.id)
    .slice(0, terms.limit);
}

/** Text score of a memory before it is normalised. */
export function textTotal({ bm25, context, coverage }: TextEvidence): number {
  return (bm25 + context) * Math.sqrt(coverage);
}

function normaliseText(
  candidates: readonly Candidate[],
): ReadonlyMap<number, NonNullable<FusedScore['text']>> {
  const found = candidates.flatMap(({ id, text }) =>
    text === null ? [] : [{ id, text, total: textTotal(text) }],
  );
  found.sort((left, right) => right.total - left.total || left.id - right.id);
  const best = found[0]?.total ?? 0;
  return new Map(
    found.map(({ id, text: { bm25, context, coverage }, total }, index) => {
      // FTS5 gives a tiny positive score even to a term that every document holds; 0 cannot be divided by.
      const normalised = best > 0 ? total / best : 1;
      return [id, { bm25, context, coverage, rank: index + 1, normalised }];
    }),
  );
}

function normaliseSemantic(
  candidates: readonly Candidate[],
): ReadonlyMap<number, NonNullable<FusedScore['semantic']>> {
  const found = candidates.flatMap(({ id, semantic }) =>
    semantic === null ? [] : [{ id, semantic }],
  );
  const best = new Map<string, number>();
  for (const { semantic } of found)
    best.set(semantic.model, Math.max(semantic.similarity, best.get(semantic.model) ?? -1));
  const scored = found.map(({ id, semantic }) => {
    const range = (best.get(semantic.model) ?? 1) - semantic.background;
    const above = Math.max(0, semantic.similarity - semantic.background);
    return { id, semantic, normalised: range > 0 ? above / range : 0 };
  });
  scored.sort((left, right) => right.normalised - left.normalised || left.id - right.id);
  return new Map(
    scored.map(({ id, semantic: { model, similarity, background }, normalised }, index) => [
      id,
      { model, similarity, background, rank: index + 1, normalised },
    ]),
  );
}
