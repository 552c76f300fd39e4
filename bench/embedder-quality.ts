import { readFileSync } from 'node:fs';
import { StaticEmbedder } from '../src/engine/embedding/static/static-embedder.ts';
import { loadStaticTable } from '../src/engine/embedding/static/static-table.ts';

/*
 * Quality and speed of the static embedder alone on LoCoMo: each conversation is searched alone by cosine, its turns are the
 * documents (text and caption, without speaker), speaker names are cut out of the questions, and a turn of a speaker that
 * the question names gets a bonus. Also what an index of sign bits loses. Run: tsx bench/embedder-quality.ts FILE [TABLE]
 */

const TUNE = ['conv-26', 'conv-30'];
const DEPTHS = [5, 10, 20];
const SPEAKER_BONUS = 0.1;
const SHORT_LISTS = [50, 100, 200, 400];
const SPEED_ROUNDS = 20;

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
interface Document {
  readonly id: string;
  readonly speaker: string;
  readonly text: string;
  readonly vector: Float32Array;
}

const [path, tablePath] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: tsx bench/embedder-quality.ts FILE [TABLE]');
const samples: readonly Sample[] = JSON.parse(readFileSync(path, 'utf8'));

const before = process.memoryUsage().rss;
const loadedAt = performance.now();
const embedder = new StaticEmbedder(loadStaticTable(tablePath));
console.log(
  `load ${(performance.now() - loadedAt).toFixed(0)} ms, ${((process.memoryUsage().rss - before) / 1e6).toFixed(1)} MB resident`,
);

const conversations = samples.map((sample) => ({ sample, documents: readTurns(sample) }));
const isTuned = ({ sample }: { readonly sample: Sample }) => TUNE.includes(sample.sample_id);
for (const [name, part] of [
  ['tune  ', conversations.filter(isTuned)],
  ['report', conversations.filter((one) => !isTuned(one))],
] as const) {
  const scores = part.flatMap(({ sample, documents }) => recallOf(sample, documents));
  console.log(name, scores.length, 'questions', ...meanOf(scores));
}
reportSignBits(conversations.flatMap(({ documents }) => documents));
reportSpeed(conversations.flatMap(({ documents }) => documents.map(({ text }) => text)));

function embed(text: string): Float32Array {
  return embedder.embedText(text) ?? new Float32Array(embedder.dimension);
}

function readTurns({ conversation }: Sample): Document[] {
  return Object.values(conversation)
    .filter((value): value is readonly Turn[] => Array.isArray(value))
    .flat()
    .map(({ dia_id: id, speaker, text = '', blip_caption: caption }) => {
      const whole = caption === undefined ? text : `${text} [shares ${caption}]`;
      return { id, speaker, text: whole, vector: embed(whole) };
    });
}

/** Recall at each depth of every question with evidence. */
function recallOf({ qa }: Sample, documents: readonly Document[]): number[][] {
  const known = new Set(documents.map(({ id }) => id));
  const speakers = [...new Set(documents.map(({ speaker }) => speaker))];
  return qa
    .filter(({ category }) => category >= 1 && category <= 4)
    .flatMap(({ question, evidence = [] }) => {
      const wanted = new Set(
        evidence
          .flatMap((text) => [...text.matchAll(/D:?(\d+):(\d+)/g)])
          .map(([, session, turn]) => `D${Number(session)}:${Number(turn)}`)
          .filter((id) => known.has(id)),
      );
      if (wanted.size === 0) return [];
      const named = speakers.filter((name) => new RegExp(`\\b${name}\\b`, 'i').test(question));
      const bare = named.reduce(
        (text, name) => text.replace(new RegExp(`\\b${name}('s)?\\b`, 'gi'), ' '),
        question,
      );
      const query = embed(bare);
      const ranked = rank(
        documents,
        ({ vector, speaker }) => dot(query, vector) + (named.includes(speaker) ? SPEAKER_BONUS : 0),
      );
      return [
        DEPTHS.map(
          (depth) => ranked.slice(0, depth).filter(({ id }) => wanted.has(id)).length / wanted.size,
        ),
      ];
    });
}

/** How much of the exact ten nearest survives the nearest by sign bits, ordered again by int8 numbers. */
function reportSignBits(documents: readonly Document[]): void {
  const indexed = documents.map((document) => ({ ...document, ...quantize(document.vector) }));
  for (const size of SHORT_LISTS) {
    let found = 0;
    let asked = 0;
    for (let index = 0; index < indexed.length; index += 10) {
      const query = indexed[index];
      if (query === undefined) continue;
      const exact = rank(indexed, ({ vector }) => dot(query.vector, vector)).slice(0, 10);
      const short = rank(indexed, ({ bits }) => -hamming(query.bits, bits)).slice(0, size);
      const again = rank(short, ({ bytes, length }) => dot(query.vector, bytes) / length);
      const survivors = new Set(again.slice(0, 10));
      found += exact.filter((document) => survivors.has(document)).length;
      asked += exact.length;
    }
    console.log(
      `sign bits, ${size} of ${indexed.length}, int8: recall@10 ${percent(found / asked)}`,
    );
  }
}

function quantize(vector: Float32Array) {
  const scale = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127 || 1;
  const bytes = Int8Array.from(vector, (value) => Math.round(value / scale));
  const bits = new Uint32Array(vector.length / 32);
  for (const [index, value] of vector.entries()) {
    if (value > 0) bits[index >> 5] = (bits[index >> 5] ?? 0) | (1 << (index & 31));
  }
  return { bytes, bits, length: Math.sqrt(dot(bytes, bytes)) || 1 };
}

function reportSpeed(texts: readonly string[]): void {
  const words = texts.reduce((sum, text) => sum + text.split(/\s+/).length, 0) / texts.length;
  const rounds = Array.from({ length: SPEED_ROUNDS }, () => {
    const start = performance.now();
    for (const text of texts) embedder.embedText(text);
    return ((performance.now() - start) * 1000) / texts.length;
  }).sort((a, b) => a - b);
  const median = rounds[SPEED_ROUNDS / 2] ?? 0;
  console.log(
    `${median.toFixed(1)} us per text of ${words.toFixed(1)} words (best ${(rounds[0] ?? 0).toFixed(1)})`,
  );
}

function rank<T>(items: readonly T[], score: (item: T) => number): T[] {
  return items
    .map((item) => ({ item, score: score(item) }))
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}

function dot(left: Float32Array | Int8Array, right: Float32Array | Int8Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) {
    sum += (left[index] ?? 0) * (right[index] ?? 0);
  }
  return sum;
}

function hamming(left: Uint32Array, right: Uint32Array): number {
  let count = 0;
  for (let index = 0; index < left.length; index += 1) {
    let rest = (left[index] ?? 0) ^ (right[index] ?? 0);
    for (; rest !== 0; rest &= rest - 1) count += 1;
  }
  return count;
}

function meanOf(scores: readonly (readonly number[])[]): string[] {
  return DEPTHS.map(
    (depth, at) =>
      `R@${depth} ${percent(scores.reduce((sum, one) => sum + (one[at] ?? 0), 0) / scores.length)}`,
  );
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
