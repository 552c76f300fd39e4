import type { TextEvidence } from '../search/fuse.ts';
import type { Ranked } from '../search/rank.ts';
import { LENT_BY_DISTANCE } from '../search/text-score.ts';
import { hasConversations, type Window, windowAround } from './conversation-turns.ts';
import type { RecallScope } from './recall-scope.ts';
import { holdersOf, toRanges } from './term-presence.ts';
import type { OccurringTerm, TextArmResult } from './text-arm.ts';

/** The best of the text arm whose conversations are looked at; on LoCoMo 50 found as much as 300. */
const MAX_SEEDS = 50;
/** Turns to both sides that lend. */
const REACH = 2;

/** A memory with what the text arm and its conversation say for it. */
export interface TextCandidate extends Ranked {
  readonly text: TextEvidence;
}

/**
 * A question and its answer often stand in neighbouring turns, so that neither holds all words of a query. A turn therefore counts
 * the terms that it lacks and its neighbours hold, by the weight of the distance, and neighbours of the best matches become
 * candidates themselves. Computed when asked, from the turns as they are: no text is indexed twice.
 */
export function withContext(
  scope: RecallScope,
  { matches, terms, asked }: TextArmResult,
): readonly TextCandidate[] {
  const alone = matches.map(({ id, importance, updatedAt, named, bm25, found }) => ({
    id,
    importance,
    updatedAt,
    named,
    text: { bm25, context: 0, coverage: found / asked },
  }));
  const { statements, args } = scope;
  if (terms.length === 0 || !hasConversations(statements, args.namespace)) return alone;
  const windows = matches.slice(0, MAX_SEEDS).flatMap(({ id }) => {
    // A neighbour is lent to as well, so its own neighbours are needed.
    const window = windowAround(statements, args.namespace, id, 2 * REACH, args.now);
    return window === undefined ? [] : [window];
  });
  if (windows.length === 0) return alone;
  const lender = new Lender(scope, terms, asked, windows);
  const found = new Map<number, TextCandidate>(alone.map((candidate) => [candidate.id, candidate]));
  const neighbours = lender.neighbours(new Set(found.keys()));
  for (const candidate of [...alone, ...neighbours])
    found.set(candidate.id, { ...candidate, text: lender.lend(candidate) });
  return [...found.values()].filter(({ text }) => text.coverage > 0);
}

class Lender {
  readonly #scope: RecallScope;
  readonly #terms: readonly OccurringTerm[];
  readonly #asked: number;
  /** The turns around a turn by their distance: -1 is the one before it. */
  readonly #around = new Map<number, ReadonlyMap<number, number>>();
  readonly #holders: readonly ReadonlySet<number>[];

  constructor(
    scope: RecallScope,
    terms: readonly OccurringTerm[],
    asked: number,
    windows: readonly Window[],
  ) {
    this.#scope = scope;
    this.#terms = terms;
    this.#asked = asked;
    for (const window of windows) this.#addWindow(window);
    const ranges = toRanges(new Set(windows.flatMap(({ ids }) => ids)));
    this.#holders = terms.map((term) => holdersOf(scope, term, ranges));
  }

  /** Turns near the seeds that no seed stands for, as far as they may be hits. */
  neighbours(known: ReadonlySet<number>): readonly TextCandidate[] {
    const ids = [...this.#around.keys()].filter((id) => !known.has(id));
    const { statements, source, visible, params, allowed } = this.#scope;
    const sql = `SELECT m.id, m.importance, m.updated_at, m.persona_id FROM ${source.from}
      WHERE m.id IN (SELECT value FROM json_each(?)) ${visible} ${allowed.sql}`;
    return statements.rows(sql, JSON.stringify(ids), ...params, ...allowed.params).map((row) => ({
      id: row[0] as number,
      importance: row[1] as number,
      updatedAt: row[2] as number,
      named: this.#scope.isNamed(row[3]),
      text: this.#ownEvidence(row[0] as number),
    }));
  }

  /** The evidence with the terms that only the neighbours hold. */
  lend({ id, text }: TextCandidate): TextEvidence {
    const around = this.#around.get(id);
    if (around === undefined) return text;
    let context = 0;
    let lent = 0;
    for (const [index, term] of this.#terms.entries()) {
      const holders = this.#holders[index];
      if (holders === undefined || holders.has(id)) continue;
      let weight = 0;
      for (const [distance, neighbour] of around) {
        if (holders.has(neighbour)) weight = Math.max(weight, LENT_BY_DISTANCE.get(distance) ?? 0);
      }
      context += weight * term.idf;
      lent += weight;
    }
    return { ...text, context, coverage: Math.min(1, text.coverage + lent / this.#asked) };
  }

  /** A neighbour was not scored by FTS5: a term that it holds counts its idf, as if it stood once in a text of average length. */
  #ownEvidence(id: number): TextEvidence {
    let bm25 = 0;
    let found = 0;
    for (const [index, term] of this.#terms.entries()) {
      if (this.#holders[index]?.has(id) !== true) continue;
      bm25 += term.idf;
      found += 1;
    }
    return { bm25, context: 0, coverage: found / this.#asked };
  }

  #addWindow({ ids, centre }: Window): void {
    for (let at = centre - REACH; at <= centre + REACH; at += 1) {
      const id = ids[at];
      if (id === undefined || this.#around.has(id)) continue;
      const around = new Map<number, number>();
      for (let distance = -REACH; distance <= REACH; distance += 1) {
        const neighbour = ids[at + distance];
        if (distance !== 0 && neighbour !== undefined) around.set(distance, neighbour);
      }
      this.#around.set(id, around);
    }
  }
}
