import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { ENGLISH_STOP_WORDS } from '../src/engine/search/stop-words.ts';
import {
  buildTextQuery,
  FULL_TEXT_COLUMNS,
  FULL_TEXT_RANK,
  indexedText,
} from '../src/engine/search/text-query.ts';
import { textScore } from '../src/engine/search/text-score.ts';

/*
 * Quality of text recall on LoCoMo: each conversation is searched alone, its turns are the documents, and the questions of
 * categories 1-4 with existing evidence are asked. Run: tsx bench/recall-quality.ts <path of a LoCoMo JSON file>
 */

const TUNE = ['conv-26', 'conv-30'];
const FETCHED = 200;
/** 0.855 / 1.155, the extremes of rank.ts's factors. */
const SMALLEST_RATIO = 0.74;

interface Turn {
  readonly dia_id: string;
  readonly speaker: string;
  readonly text?: string;
  readonly blip_caption?: string;
}
interface Question {
  readonly question: string;
  readonly evidence?: readonly string[];
  readonly category: number;
}
interface Sample {
  readonly sample_id: string;
  readonly conversation: Readonly<Record<string, unknown>>;
  readonly qa: readonly Question[];
}

/** One conversation as an index of its own, with the questions that can be answered from it. */
class Conversation {
  readonly name: string;
  readonly questions: readonly { readonly text: string; readonly evidence: ReadonlySet<string> }[];
  readonly #database = new Database(':memory:');
  readonly #turnOf = new Map<number, string>();

  constructor(sample: Sample) {
    this.name = sample.sample_id;
    this.#database.exec(
      `CREATE VIRTUAL TABLE f USING fts5 (${FULL_TEXT_COLUMNS.join(', ')}, content = '', contentless_delete = 1,
       tokenize = 'porter unicode61 remove_diacritics 2')`,
    );
    const insert = this.#database.prepare(
      `INSERT INTO f (rowid, ${FULL_TEXT_COLUMNS.join(', ')}) VALUES (?, ${FULL_TEXT_COLUMNS.map(() => '?').join(', ')})`,
    );
    for (const [session, turns] of Object.entries(sample.conversation)) {
      if (!Array.isArray(turns)) continue;
      const date = String(sample.conversation[`${session}_date_time`] ?? '');
      for (const turn of turns as readonly Turn[]) {
        const id = this.#turnOf.size + 1;
        this.#turnOf.set(id, turn.dia_id);
        const text = indexedText({
          key: `${this.name}/${turn.dia_id}`,
          persona: turn.speaker,
          tags: [],
          valueText: JSON.stringify([turn.text ?? '', turn.blip_caption ?? ''].join(' ').trim()),
          metadataText: JSON.stringify({ date }),
        });
        insert.run(id, ...FULL_TEXT_COLUMNS.map((column) => text[column]));
      }
    }
    const known = new Set(this.#turnOf.values());
    this.questions = sample.qa
      .filter(({ category }) => category >= 1 && category <= 4)
      .map(({ question, evidence = [] }) => ({
        text: question,
        evidence: existing(evidence, known),
      }))
      .filter(({ evidence }) => evidence.size > 0);
  }

  /** Turn ids by bm25, best first; ties by document order. */
  search(
    match: string | null,
    rank: string,
    limit = FETCHED,
  ): { readonly turn: string; readonly bm25: number }[] {
    if (match === null) return [];
    const rows = this.#database
      .prepare<[string, number], { rowid: number; rank: number }>(
        `SELECT rowid, rank FROM f WHERE f MATCH ? AND rank MATCH '${rank}' ORDER BY rank, rowid LIMIT ?`,
      )
      .all(match, limit);
    return rows.map((row) => ({ turn: this.#turnOf.get(row.rowid) ?? '', bm25: -row.rank }));
  }
}

/** Evidence ids are sloppy (`D8:6; D9:17`, `D:11:26`, `D30:05`): normalised to D<session>:<turn>, unknown ones dropped. */
function existing(evidence: readonly string[], known: ReadonlySet<string>): ReadonlySet<string> {
  const ids = evidence.flatMap((text) => [...text.matchAll(/D:?(\d+):(\d+)/g)]);
  return new Set(
    ids
      .map(([, session, turn]) => `D${Number(session)}:${Number(turn)}`)
      .filter((id) => known.has(id)),
  );
}

/** Of a group of conversations, how many turns have a bm25 that the bounded factors of rank.ts could lift into the first ten. */
function contenders(conversations: readonly Conversation[]): string {
  const counts = conversations.flatMap((conversation) =>
    conversation.questions.map(({ text }) => {
      const hits = scored(conversation, text, textScore);
      const tenth = hits[9]?.bm25 ?? 0;
      return hits.filter(({ bm25 }) => bm25 >= tenth * SMALLEST_RATIO).length;
    }),
  );
  const sorted = counts.toSorted((left, right) => left - right);
  return [0.5, 0.9, 0.99]
    .map((share) => `p${share * 100} ${sorted[Math.floor(sorted.length * share)] ?? 0}`)
    .join(', ');
}

interface Variant {
  readonly name: string;
  /** Turn ids, best first. */
  readonly search: (conversation: Conversation, question: string) => readonly string[];
}

const NO_STOP_WORDS: ReadonlySet<string> = new Set();
const OR = ' OR ';

/** The terms of the coded query. */
const termsOf = (
  question: string,
  stopWords: ReadonlySet<string> = ENGLISH_STOP_WORDS,
): readonly string[] => buildTextQuery(question, { stopWords })?.expressions ?? [];
const turnsOf = (hits: readonly { readonly turn: string }[]): readonly string[] =>
  hits.map(({ turn }) => turn);
const wordsOf = (question: string): readonly string[] =>
  question.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Neighbouring words of the question that are no stop words, as expressions built by `join`. */
function neighbours(
  question: string,
  join: (left: string, right: string) => string,
): readonly string[] {
  const words = wordsOf(question).filter((word) => !ENGLISH_STOP_WORDS.has(word));
  return words.slice(1).map((word, index) => join(words[index] ?? '', word));
}

const asMatch = (parts: readonly string[]): string | null =>
  parts.length === 0 ? null : [...new Set(parts)].join(OR);

function weighted(key: number, persona: number, body: number, metadata: number): Variant {
  return {
    name: `OR, weights key ${key} persona ${persona} body ${body} metadata ${metadata}`,
    search: (conversation, question) =>
      turnsOf(
        conversation.search(
          asMatch(termsOf(question)),
          `bm25(${key}, ${persona}, 1, ${body}, ${metadata})`,
        ),
      ),
  };
}

/** Each pair of terms that meet in one turn counts again, for questions of at most `most` terms. */
function paired(most: number): Variant {
  return {
    name: `OR and pairs of up to ${most} terms`,
    search: (conversation, question) => {
      const terms = termsOf(question);
      const pairs = terms.flatMap((left, index) =>
        terms.slice(index + 1).map((right) => `(${left} AND ${right})`),
      );
      return turnsOf(
        conversation.search(
          asMatch(terms.length > most ? terms : [...terms, ...pairs]),
          FULL_TEXT_RANK,
        ),
      );
    },
  };
}

/** All turns that hold a term, best first, by a function of their bm25, the terms found and the terms asked for. */
function scored(
  conversation: Conversation,
  question: string,
  score: (bm25: number, found: number, terms: number) => number,
): readonly { readonly turn: string; readonly bm25: number }[] {
  const terms = termsOf(question);
  const found = new Map<string, number>();
  for (const term of terms) {
    for (const { turn } of conversation.search(term, FULL_TEXT_RANK, -1))
      found.set(turn, (found.get(turn) ?? 0) + 1);
  }
  return conversation
    .search(asMatch(terms), FULL_TEXT_RANK, -1)
    .map(({ turn, bm25 }) => ({ turn, bm25: score(bm25, found.get(turn) ?? 0, terms.length) }))
    .toSorted((left, right) => right.bm25 - left.bm25);
}

/** Score times (share of the terms that occur) ** power. */
function coordinated(power: number): Variant {
  return {
    name: `OR × (share of terms found)^${power}`,
    search: (conversation, question) =>
      turnsOf(
        scored(conversation, question, (bm25, found, terms) => bm25 * (found / terms) ** power),
      ),
  };
}

const VARIANTS: readonly Variant[] = [
  {
    name: 'as coded (buildTextQuery, FULL_TEXT_RANK, textScore)',
    search: (conversation, question) => turnsOf(scored(conversation, question, textScore)),
  },
  {
    name: 'OR, stop words kept',
    search: (conversation, question) =>
      turnsOf(conversation.search(asMatch(termsOf(question, NO_STOP_WORDS)), FULL_TEXT_RANK)),
  },
  {
    name: 'OR',
    search: (conversation, question) =>
      turnsOf(conversation.search(asMatch(termsOf(question)), FULL_TEXT_RANK)),
  },
  {
    name: 'AND, then filled by OR',
    search: (conversation, question) => {
      const terms = termsOf(question);
      const all = terms.length === 0 ? null : terms.join(' AND ');
      return [
        ...new Set(
          [all, asMatch(terms)].flatMap((match) =>
            turnsOf(conversation.search(match, FULL_TEXT_RANK)),
          ),
        ),
      ];
    },
  },
  paired(5),
  paired(6),
  paired(8),
  coordinated(0.5),
  coordinated(1),
  {
    name: 'OR + neighbouring words as phrases',
    search: (conversation, question) =>
      turnsOf(
        conversation.search(
          asMatch([
            ...termsOf(question),
            ...neighbours(question, (left, right) => `"${left} ${right}"`),
          ]),
          FULL_TEXT_RANK,
        ),
      ),
  },
  {
    name: 'OR + neighbouring words within 5',
    search: (conversation, question) =>
      turnsOf(
        conversation.search(
          asMatch([
            ...termsOf(question),
            ...neighbours(question, (left, right) => `NEAR("${left}" "${right}", 5)`),
          ]),
          FULL_TEXT_RANK,
        ),
      ),
  },
  weighted(0, 1, 1, 1),
  weighted(0.2, 1, 1, 0.3),
  weighted(1, 1, 1, 0.3),
  weighted(1, 0.5, 1, 1),
  weighted(1, 2, 1, 1),
  weighted(1, 1, 2, 1),
];

function measure(variant: Variant, conversations: readonly Conversation[]): string {
  let questions = 0;
  const sums = { at5: 0, at10: 0, any: 0 };
  for (const conversation of conversations) {
    for (const { text, evidence } of conversation.questions) {
      const found = variant.search(conversation, text);
      const hits = (k: number): number =>
        found.slice(0, k).filter((turn) => evidence.has(turn)).length;
      questions += 1;
      sums.at5 += hits(5) / evidence.size;
      sums.at10 += hits(10) / evidence.size;
      sums.any += hits(10) > 0 ? 1 : 0;
    }
  }
  return [sums.at5, sums.at10, sums.any]
    .map((sum) => ((100 * sum) / questions).toFixed(1).padStart(6))
    .join('');
}

const file = process.argv[2];
if (file === undefined)
  throw new Error('usage: tsx bench/recall-quality.ts <path of a LoCoMo JSON file>');
const samples = JSON.parse(readFileSync(file, 'utf8')) as readonly Sample[];
const all = samples.map((sample) => new Conversation(sample));
const tune = all.filter(({ name }) => TUNE.includes(name));
const report = all.filter(({ name }) => !TUNE.includes(name));
const count = (group: readonly Conversation[]): number =>
  group.reduce((sum, { questions }) => sum + questions.length, 0);

console.log(
  `percent: R@5, R@10, any@10; tune = ${TUNE.join(', ')} (${count(tune)} questions), report = the rest (${count(report)})`,
);
console.log(`${'variant'.padEnd(58)}${'tune'.padStart(18)}  ${'report'.padStart(18)}`);
for (const variant of VARIANTS) {
  console.log(`${variant.name.padEnd(58)}${measure(variant, tune)}  ${measure(variant, report)}`);
}
console.log(`turns that may still belong to the first ten: ${contenders(all)}`);
