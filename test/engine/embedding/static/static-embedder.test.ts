import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_STATIC_TOKENS,
  MAX_STATIC_UNITS,
  StaticEmbedder,
} from '../../../../src/engine/embedding/static/static-embedder.ts';
import {
  loadStaticTable,
  type StaticTable,
} from '../../../../src/engine/embedding/static/static-table.ts';
import { WordPiece } from '../../../../src/engine/embedding/static/word-piece.ts';
import type { ThreadInput } from './embed-in-thread.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

const table = loadStaticTable();
const embedder = new StaticEmbedder(table);

function embed(text: string): Float32Array {
  const vector = embedder.embedText(text);
  if (vector === null) throw new Error(`no vector for ${JSON.stringify(text)}`);
  return vector;
}

function cosine(left: string, right: string): number {
  const other = embed(right);
  return embed(left).reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}

describe('StaticEmbedder', () => {
  it('names its model and dimension', () => {
    expect(embedder.model).toBe(table.model);
    expect(embedder.dimension).toBe(256);
    expect(embed('a cup of tea')).toHaveLength(256);
  });

  it.each([
    ['He is a physician at the hospital', 'The doctor works in a clinic', 'The band played loudly'],
    ['How much does it cost?', 'What is the price?', 'Where is the station?'],
    ['deploy the service to production', 'release the app to the live environment', 'feed the cat'],
    ['My sister gave birth to a baby girl', 'I became an uncle', 'The server restarts at midnight'],
    ['prefers dark mode in the editor', 'likes a black background', 'The dog ran over the field'],
    ['They adopted a puppy', 'a new dog in the family', 'the quarterly financial report'],
    ['Café au lait', 'cafe AU LAIT!', 'coffee machine'],
  ])('puts %j nearer to %j than to %j', (text, near, far) => {
    expect(cosine(text, near)).toBeGreaterThan(cosine(text, far) + 0.1);
  });

  it('knows no difference of case, accents and punctuation', () => {
    expect(embed('Hello, wörld!!')).toEqual(embed('hello world'));
  });

  it.each([
    '',
    ' \n',
    '!!! ... —',
    '😀😀',
    'ありがとう',
    'Привет',
    '안녕하세요',
    '\ud83d',
    '\0',
    'x'.repeat(101),
  ])('gives null for %j, in which it knows no word', (text) => {
    expect(embedder.embedText(text)).toBeNull();
  });

  it('knows single ideographs', () => {
    expect(cosine('東京', '東京です')).toBeCloseTo(1, 6);
    expect(cosine('東京', 'Tokyo')).toBeGreaterThan(cosine('東京', 'breakfast'));
  });

  it('is the sum of the rows of its pieces, whatever their number', () => {
    const ids = new Int32Array(16);
    const wordPiece = new WordPiece(table.pieces);
    const words = 'we walked along the river until evening and sang'.split(' ');
    for (let length = 1; length <= words.length; length += 1) {
      const text = words.slice(0, length).join(' ');
      const sum = new Float64Array(256);
      for (const id of ids.subarray(0, wordPiece.cut(text, ids))) {
        for (let at = 0; at < 256; at += 1) {
          sum[at] = (sum[at] ?? 0) + (table.scales[id] ?? 0) * (table.rows[id * 256 + at] ?? 0);
        }
      }
      const norm = Math.hypot(...sum);
      embed(text).forEach((value, at) => {
        expect(value).toBeCloseTo((sum[at] ?? 0) / norm, 6);
      });
    }
  });

  it('gives unit vectors, the same ones every time, and never throws', () => {
    const again = new StaticEmbedder(loadStaticTable());
    const word = fc.constantFrom('tea', 'Berlin', 'running', '12', '東', 'é', '?', 'qqzzx');
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word).map((list) => list.join(' ')),
    );
    fc.assert(
      fc.property(text, (one) => {
        const vector = embedder.embedText(one);
        expect(again.embedText(one)).toEqual(vector);
        if (vector !== null) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
      }),
      { seed: SEED },
    );
  });

  it('hands out a vector of its own each time', () => {
    const first = embed('tea');
    const copy = Float32Array.from(first);
    embed('coffee').fill(7);
    expect(first).toEqual(copy);
  });

  it(`reads ${MAX_STATIC_TOKENS} pieces`, () => {
    const full = `${'tea '.repeat(MAX_STATIC_TOKENS - 1)}milk`;
    expect(embed(`${full} ${'coffee '.repeat(5000)}`)).toEqual(embed(full));
    expect(embed(full)).not.toEqual(embed('tea '.repeat(MAX_STATIC_TOKENS)));
  });

  it(`looks at ${MAX_STATIC_UNITS} units`, () => {
    const full = `tea${' '.repeat(MAX_STATIC_UNITS - 3)}`;
    expect(embed(`${full}coffee`)).toEqual(embed('tea'));
    expect(embedder.embedText(`${' '.repeat(MAX_STATIC_UNITS)}tea`)).toBeNull();
  });

  it('gives null when the pieces cancel out', () => {
    const none: StaticTable = { ...table, scales: table.scales.map(() => 0) as never };
    expect(new StaticEmbedder(none).embedText('tea')).toBeNull();
  });

  it('works alike in another thread, on the same memory', async () => {
    const own = loadStaticTable();
    const texts = ['a cup of tea', 'Crème brûlée', '東京', '', 'running 2023'];
    const input: ThreadInput = { table: own, texts };
    const file = JSON.stringify(new URL('./embed-in-thread.ts', import.meta.url).href);
    const thread = new Worker(
      `import('tsx/esm/api').then(({ register }) => { register(); return import(${file}); });`,
      { eval: true, workerData: input },
    );
    const ended = once(thread, 'exit');
    const [vectors] = await once(thread, 'message');
    expect(vectors).toEqual(texts.map((text) => embedder.embedText(text)));
    expect(await ended).toEqual([0]);
    expect(own.scales[0]).toBe(-1);
  });
});
