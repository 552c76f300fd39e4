import { readFileSync } from 'node:fs';
import { at, mulberry32, pick } from './random.ts';
import { COMMON_WORDS, NAME_HEADS, NAME_TAILS, PERSONAS, TOPICS } from './word-list.ts';

/** Texts to make vectors of. */
export interface TextSource {
  /** What the texts are, for the report. */
  readonly description: string;
  /** How many texts there are beside those for queries. */
  readonly available: number;
  /** The next text; no text comes twice unless the generator makes it twice. */
  next(): string;
  /** A text of another part of the source, to search by. */
  nextQuery(): string;
}

/** Shorter texts say too little to be near anything. */
const MIN_WORDS = 4;
/** Every so many-th text of a file is a query. */
const QUERY_SHARE = 20;
/** Words that come often with a topic. */
const TOPIC_WORDS = 24;

/** Same seed, same sentences: of 6 to 30 words about one or two topics, each with words of its own, so that some are near. */
export function generatedTexts(seed: number): TextSource {
  const words = mulberry32(seed);
  const fields = new Map(
    TOPICS.map((topic) => [
      topic,
      Array.from({ length: TOPIC_WORDS }, () => pick(COMMON_WORDS, words)),
    ]),
  );
  const texts = mulberry32(seed + 1);
  const queries = mulberry32(seed + 2);
  return {
    description: `generated sentences of 6 to 30 words, seed ${seed}`,
    available: Number.POSITIVE_INFINITY,
    next: () => sentence(texts, fields, 6 + Math.floor(texts() * 25)),
    nextQuery: () => sentence(queries, fields, 5 + Math.floor(queries() * 8)),
  };
}

/** The texts of a file in an order that the seed decides: the string values of JSON, the lines of anything else. */
export function textsOfFile(path: string, seed: number): TextSource {
  const content = readFileSync(path, 'utf8');
  const found = path.endsWith('.json') ? stringsOf(JSON.parse(content)) : content.split('\n');
  const distinct = new Set(found.map((text) => text.trim()).filter(isLong));
  const all = shuffled([...distinct], seed);
  const queries = all.filter((_, index) => index % QUERY_SHARE === 0);
  const texts = all.filter((_, index) => index % QUERY_SHARE !== 0);
  let nextText = 0;
  let nextQuery = 0;
  return {
    description: `${all.length} texts of the file given by --texts`,
    available: texts.length,
    next() {
      nextText += 1;
      return at(texts, nextText - 1);
    },
    nextQuery() {
      nextQuery += 1;
      return at(queries, (nextQuery - 1) % queries.length);
    },
  };
}

function sentence(
  random: () => number,
  fields: ReadonlyMap<string, readonly string[]>,
  length: number,
): string {
  const topics =
    random() < 0.4 ? [pick(TOPICS, random), pick(TOPICS, random)] : [pick(TOPICS, random)];
  const words = Array.from({ length }, () => {
    const kind = random();
    if (kind < 0.5) return pick(fields.get(pick(topics, random)) ?? COMMON_WORDS, random);
    if (kind < 0.85) return pick(COMMON_WORDS, random);
    if (kind < 0.93) return pick(topics, random);
    return pick(kind < 0.95 ? PERSONAS : random() < 0.5 ? NAME_HEADS : NAME_TAILS, random);
  });
  return words.join(' ');
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

function isLong(text: string): boolean {
  return text.split(/\s+/).length >= MIN_WORDS;
}

/** Fisher and Yates. */
function shuffled(texts: string[], seed: number): string[] {
  const random = mulberry32(seed);
  for (let last = texts.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const moved = at(texts, last);
    texts[last] = at(texts, other);
    texts[other] = moved;
  }
  return texts;
}
