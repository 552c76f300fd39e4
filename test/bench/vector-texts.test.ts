import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generatedTexts, textsOfFile } from '../../bench/vector-texts.ts';

const take = (count: number, next: () => string) => Array.from({ length: count }, next);

describe('generated texts', () => {
  it('are the same for the same seed, and queries do not change them', () => {
    const plain = generatedTexts(5);
    const mixed = generatedTexts(5);
    const queries = take(20, () => mixed.nextQuery());
    expect(take(50, () => mixed.next())).toEqual(take(50, () => plain.next()));
    expect(take(20, () => plain.nextQuery())).toEqual(queries);
    expect(generatedTexts(6).next()).not.toBe(generatedTexts(5).next());
  });

  it('hardly ever come twice and have 6 to 30 words', () => {
    const source = generatedTexts(9);
    const texts = take(3_000, () => source.next());
    expect(new Set(texts).size).toBe(texts.length);
    const lengths = texts.map((text) => text.split(' ').length);
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([6, 30]);
  });
});

describe('texts of a file', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bench-texts-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const lines = Array.from({ length: 100 }, (_, index) => `a line of words ${index}`);

  async function textsOf(name: string, content: string) {
    const path = join(directory, name);
    await writeFile(path, content);
    const source = textsOfFile(path, 3);
    const texts = take(source.available, () => source.next());
    return { source, texts, queries: take(5, () => source.nextQuery()) };
  }

  it('are its lines, each once, in another order; some are kept for queries', async () => {
    const content = [...lines, ...lines, 'too short', ''].join('\n');
    const { source, texts, queries } = await textsOf('texts.txt', content);
    expect(texts).toHaveLength(95);
    expect([...texts, ...queries].sort()).toEqual([...lines].sort());
    expect(texts).not.toEqual(lines.filter((line) => texts.includes(line)));
    expect(() => source.next()).toThrow(RangeError);
    expect(source.nextQuery()).toBe(queries[0]);
  });

  it('are the string values of JSON, however deep', async () => {
    const content = JSON.stringify({ turns: lines.map((text, at) => ({ at, more: [{ text }] })) });
    const { texts, queries } = await textsOf('texts.json', content);
    expect([...texts, ...queries].sort()).toEqual([...lines].sort());
  });
});
