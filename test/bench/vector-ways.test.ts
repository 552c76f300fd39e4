import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Internals, loadInternals } from '../../bench/engine-internals.ts';
import { openExactWay } from '../../bench/exact-way.ts';
import { openShippedWays } from '../../bench/shipped-ways.ts';
import { openSqliteVecWays } from '../../bench/sqlite-vec-ways.ts';
import { shareOf } from '../../bench/vector-category.ts';
import { generatedTexts } from '../../bench/vector-texts.ts';
import { NEAREST, type VectorItem, type VectorWay } from '../../bench/vector-way.ts';

const ENGINE = new URL('../../src/engine/index.ts', import.meta.url).href;
const COUNT = 1_500;
const GROUP = 256;
const QUERIES = 20;

describe('ways of keeping vectors', () => {
  let directory = '';
  let ways: readonly VectorWay[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bench-ways-'));
  });
  afterEach(async () => {
    for (const way of ways) way.close();
    ways = [];
    await rm(directory, { recursive: true });
  });

  async function openAll(internals: Internals, dimension: number): Promise<readonly VectorWay[]> {
    const missing: string[] = [];
    const compared = await openSqliteVecWays(directory, dimension, internals, (reason) =>
      missing.push(reason),
    );
    // Either the package is there, or the reason is told.
    expect(compared.length === 0).toBe(missing.length === 1);
    return [openExactWay(directory), ...openShippedWays(directory, internals), ...compared];
  }

  it('find what a naive search finds, as far as they can', async () => {
    const internals = await loadInternals(ENGINE);
    const embedder = new internals.StaticEmbedder(internals.loadStaticTable());
    const texts = generatedTexts(1);
    const embed = (text: string) => embedder.embedText(text) ?? new Float32Array();
    const items: readonly VectorItem[] = Array.from({ length: COUNT }, (_, index) => ({
      id: index + 1,
      vector: embed(texts.next()),
    }));
    ways = await openAll(internals, embedder.dimension);
    for (let start = 0; start < COUNT; start += GROUP)
      for (const way of ways)
        expect(way.insert(items.slice(start, start + GROUP))).toBeGreaterThan(0);
    for (const way of ways) way.settle();

    const shares = new Map(ways.map(({ name }) => [name, 0]));
    for (let query = 0; query < QUERIES; query += 1) {
      const vector = embed(texts.nextQuery());
      const right = nearest(items, vector);
      for (const way of ways) {
        const found = way.search(vector);
        expect(found).toHaveLength(NEAREST);
        const share = shareOf(right, found) / QUERIES;
        shares.set(way.name, (shares.get(way.name) ?? 0) + share);
      }
    }
    for (const [name, share] of shares) {
      const isExact = name.includes('float32');
      const isByBitsAlone = name.startsWith('sign codes alone') || name === 'sqlite-vec bit';
      expect(share, name).toBeGreaterThan(isExact ? 0.999 : isByBitsAlone ? 0.3 : 0.95);
    }
    for (const way of ways) {
      const perVector = way.bytes() / COUNT;
      expect(perVector, way.name).toBeGreaterThan(embedder.dimension / 8);
      expect(perVector, way.name).toBeLessThan(embedder.dimension * 4 * 1.6);
    }
  });
});

describe('shareOf', () => {
  it('counts the right ones among as many found', () => {
    expect(shareOf([1, 2, 3, 4], [4, 9, 1, 8, 2])).toBe(0.5);
    expect(shareOf([1], [1])).toBe(1);
  });
});

function nearest(items: readonly VectorItem[], query: Float32Array): readonly number[] {
  const product = (vector: Float32Array) =>
    vector.reduce((sum, value, index) => sum + value * (query[index] ?? 0), 0);
  return items
    .map(({ id, vector }) => ({ id, similarity: product(vector) }))
    .sort((left, right) => right.similarity - left.similarity || left.id - right.id)
    .slice(0, NEAREST)
    .map(({ id }) => id);
}
