import type { QueryVector, VectorSource } from '../backends/recall-reads.ts';
import type { Ranked } from '../search/rank.ts';
import { NearestCodes } from '../vectors/nearest-codes.ts';
import { signCode } from '../vectors/sign-code.ts';
import { findEmbedder } from './embedders.ts';
import { holdsVectors, publishedIds } from './published-arm.ts';
import type { RankingRow } from './ranking-rows.ts';
import type { RecallScope } from './recall-scope.ts';
import { compareVectors, type Similar } from './vector-similarity.ts';

/**
 * Codes whose vectors are compared exactly, as a multiple of the candidates asked for: signs alone only say who may be near
 * (bench/vector-category.ts prints the share of the true nearest that is found).
 */
const OVERSAMPLING = 3;
const MIN_COMPARED = 300;
/** When a filter drops most of those compared, the next round takes so many times more. */
const GROWTH = 5;
/** Listing a memory that passes the filter and comparing it takes as long as comparing so many of the nearest, which are dropped when they do not pass. */
const LISTING = 2;

/** Memories that the background is told from; the error of their mean is an eighth of the spread of cosines. */
const SAMPLE = 64;
/**
 * Deviations below the mean at which a similarity says nothing. LoCoMo, hybrid R@10 on conv-26 and conv-30: 0 79.5, 1 80.5, 2 81.1,
 * 3 80.7.
 */
const BACKGROUND_DEVIATIONS = 2;
/** Wider than the rounding of equal cosines, far below that of different texts. */
const LEAST_VARIANCE = 1e-9;

/** A memory with the cosine of its vector to that of the query. */
export interface SemanticMatch extends Ranked {
  readonly similarity: number;
}

/**
 * The candidates of the semantic arm for one model: the memories whose vectors are nearest among those that may be hits, best first.
 * The signs of all vectors of the namespace, 32 bytes each, choose who is compared, in two steps (vectors/nearest-codes.ts); then the
 * cosine is computed from the vectors themselves. `also` are memories that may be hits and are compared in any case, as far as they have
 * a vector; they come last.
 */
export function semanticArm(
  scope: RecallScope,
  { model, values }: QueryVector,
  also: readonly Ranked[],
): SemanticArmResult {
  const embedder = findEmbedder(scope.statements, model);
  if (embedder === undefined || embedder.dimension !== values.length)
    return { model, matches: [], background: 0, vectorsFrom: ['embedded'], problem: null };
  const arm = new SemanticArm(scope, embedder.id, values);
  const { best, vectorsFrom, problem } = arm.best(scope.args.candidates.semantic);
  const known = new Set(best.map(({ id }) => id));
  const matches = [...best, ...arm.compareAll(also.filter(({ id }) => !known.has(id)))];
  return { model, matches, background: arm.background(), vectorsFrom, problem };
}

export interface SemanticArmResult {
  readonly model: string;
  readonly matches: readonly SemanticMatch[];
  /** See SemanticEvidence. */
  readonly background: number;
  readonly vectorsFrom: readonly VectorSource[];
  /** Why the vector store did not serve although it was asked; null = it did, or was not asked. */
  readonly problem: string | null;
}

interface BestMatches {
  readonly best: readonly SemanticMatch[];
  readonly vectorsFrom: readonly VectorSource[];
  readonly problem: string | null;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

class SemanticArm {
  readonly #scope: RecallScope;
  readonly #embedderId: number;
  readonly #values: Float32Array;
  readonly #codes: NearestCodes;

  constructor(scope: RecallScope, embedderId: number, values: Float32Array) {
    this.#scope = scope;
    this.#embedderId = embedderId;
    this.#values = values;
    const code = signCode(values);
    const { blocks, damaged } = scope.codes.read(
      scope.statements,
      embedderId,
      scope.args.namespace,
      code.length,
    );
    for (const id of damaged) scope.damagedVectors.add(id);
    this.#codes = new NearestCodes(code, blocks, scope.gate);
  }

  /** See SemanticEvidence; the sample holds the same memories as long as none comes or goes. */
  background(): number {
    const sample = this.compare(this.#codes.sample(SAMPLE)).map(({ similarity }) => similarity);
    const mean = meanOf(sample);
    const variance = meanOf(sample.map((similarity) => (similarity - mean) ** 2));
    // One memory, or the same text many times over, tells of no background.
    return variance < LEAST_VARIANCE ? 0 : mean - BACKGROUND_DEVIATIONS * Math.sqrt(variance);
  }

  /** From the vector store where it was asked and can serve, otherwise from the index here. */
  best(limit: number): BestMatches {
    const { published } = this.#scope.args;
    if (published === undefined)
      return { best: this.#nearest(limit), vectorsFrom: ['embedded'], problem: null };
    const ids = publishedIds(this.#scope, published);
    if (ids === null) {
      const problem = 'Chroma is behind: many memories are not published yet';
      return { best: this.#nearest(limit), vectorsFrom: ['embedded'], problem };
    }
    const found = this.#best(this.compare(ids), limit);
    // A filter may have dropped what the store thought nearest: only who has all vectors knows what comes next.
    if (found.length < limit && !published.isComplete)
      return { best: this.#nearest(limit), vectorsFrom: ['embedded'], problem: null };
    if (!holdsVectors(this.#scope, published.otherSections))
      return { best: found, vectorsFrom: ['chroma'], problem: null };
    const known = new Set(found.map(({ id }) => id));
    const others = this.#nearest(limit).filter(({ id }) => !known.has(id));
    const best = [...found, ...others].sort(
      (left, right) => right.similarity - left.similarity || left.id - right.id,
    );
    return { best: best.slice(0, limit), vectorsFrom: ['chroma', 'embedded'], problem: null };
  }

  /**
   * Compares more and more of the nearest until enough of them may be hits. When so few seem to pass the filter that listing them all is
   * less work than the next round, they are listed and compared instead. CPU of a recall among 100,000 whose filter nothing passes: 220 ms
   * when three rounds come first, 65 ms this way.
   */
  #nearest(limit: number): readonly SemanticMatch[] {
    const codes = this.#codes;
    let wanted = Math.max(MIN_COMPARED, limit * OVERSAMPLING);
    for (;;) {
      const matches = this.#best(this.compare(codes.choose(this.#values, wanted)), limit);
      if (matches.length === limit || wanted >= codes.size) return matches;
      const passing = (matches.length / wanted) * codes.size;
      wanted *= GROWTH;
      const listed = passing * LISTING < wanted ? this.#passing(wanted) : null;
      if (listed !== null) return this.#best(this.compare(listed), limit);
    }
  }

  /** Memories that are known to be possible hits, as far as they have a vector; in no order. */
  compareAll(ranked: readonly Ranked[]): readonly SemanticMatch[] {
    const byId = new Map(ranked.map((one) => [one.id, one]));
    return this.compare([...byId.keys()]).flatMap(
      ({ id, similarity }): readonly SemanticMatch[] => {
        const one = byId.get(id);
        if (one === undefined) return [];
        const { importance, updatedAt, named } = one;
        return [{ id, importance, updatedAt, named, similarity }];
      },
    );
  }

  /** The cosines of those that have a sound vector of the model, whether they may be hits or not. */
  compare(ids: readonly number[]): readonly Similar[] {
    const { statements, damagedVectors } = this.#scope;
    const { similar, damaged } = compareVectors(statements, this.#embedderId, this.#values, ids);
    for (const id of damaged) damagedVectors.add(id);
    return similar;
  }

  /** Those that may be hits, in the order given. */
  visible(similar: readonly Similar[]): readonly SemanticMatch[] {
    if (similar.length === 0) return [];
    const rows = this.#ranked(similar.map(({ id }) => id));
    return similar.flatMap(({ id, similarity }): readonly SemanticMatch[] => {
      const row = rows.get(id);
      if (row === undefined) return [];
      const { importance, updatedAt, personaId } = row;
      const named = this.#scope.isNamed(personaId);
      return [{ id, importance, updatedAt, named, similarity }];
    });
  }

  #ranked(ids: readonly number[]): ReadonlyMap<number, RankingRow> {
    const { statements, args, from, visible, params, allowed, ranking } = this.#scope;
    if (ranking !== null && allowed.sql === '')
      return ranking.visible(statements, ids, args.namespace, args.now);
    // The list stands first: each of its ids is one look-up.
    const sql = `SELECT m.id, m.importance, m.updated_at, COALESCE(m.persona_id, 0) FROM json_each(?) AS listed CROSS JOIN ${from}
      WHERE m.id = listed.value ${visible} ${allowed.sql}`;
    const rows = statements.rows(sql, JSON.stringify(ids), ...params, ...allowed.params);
    return new Map(
      (rows as [number, number, number, number][]).map(([id, importance, updatedAt, personaId]) => [
        id,
        { id, importance, updatedAt, personaId },
      ]),
    );
  }

  /** The most similar of those that may be hits; the others are not looked up. */
  #best(similar: readonly Similar[], limit: number): readonly SemanticMatch[] {
    const sorted = similar.toSorted(
      (left, right) => right.similarity - left.similarity || left.id - right.id,
    );
    const found: SemanticMatch[] = [];
    for (let from = 0; from < sorted.length && found.length < limit; from += limit)
      found.push(...this.visible(sorted.slice(from, from + limit)));
    return found.slice(0, limit);
  }

  /** All memories that may be hits; null when they are not fewer than `limit`. */
  #passing(limit: number): readonly number[] | null {
    const { statements, from, visible, params, allowed } = this.#scope;
    const sql = `SELECT m.id FROM ${from} WHERE TRUE ${visible} ${allowed.sql} LIMIT ?`;
    const ids = statements
      .use(sql)
      .pluck(true)
      .all(...params, ...allowed.params, limit) as number[];
    return ids.length < limit ? ids : null;
  }
}
