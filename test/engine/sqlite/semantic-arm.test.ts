import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryVector, RecallMatch } from '../../../src/engine/backends/recall-reads.ts';
import { instantEmbedder } from '../../../src/engine/embedding/embedder-setup.ts';
import { StatementMetrics } from '../../../src/engine/metrics/statement-metrics.ts';
import type { MemoryRecord } from '../../../src/engine/model/memory-record.ts';
import type { Filter } from '../../../src/engine/search/filter.ts';
import { ReadSession } from '../../../src/engine/sqlite/read-session.ts';
import { WriteSession } from '../../../src/engine/sqlite/write-session.ts';
import { cosineSimilarity } from '../../../src/engine/vectors/quantised-vector.ts';
import { storing, unitOf } from '../../support/memory-space.ts';
import { randomFrom } from '../../support/random.ts';
import { recallArguments } from '../../support/recall-arguments.ts';
import { vectorFaults } from '../../support/vector-faults.ts';
import { someWords, wordTable } from '../../support/word-table.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const WORDS = someWords(200);
const SETUP = wordTable(WORDS, 128);
const NOW = Date.now();
const MANY = 6_000;
const FEW = 150;

interface Stored {
  readonly record: MemoryRecord;
  readonly bytes: Int8Array;
  readonly scale: number;
}

const inSection = (value: string): Filter => ({
  operand: { field: 'section' },
  comparison: { operator: 'eq', value },
});
const withTag = (value: string): Filter => ({
  tags: 'any',
  values: [value],
});

describe('semanticArm', () => {
  const stored: Stored[] = [];
  let folder: string;
  let path: string;
  let session: WriteSession;
  let reads: ReadSession;
  const embedder = instantEmbedder(SETUP);
  if (embedder === null) throw new Error('the table embeds at once');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trinitas-semantic-'));
    path = join(folder, 'memory.db');
    const metrics = new StatementMetrics({ slowQueryMs: 1e9, onSlow: () => undefined });
    session = new WriteSession(
      { path, role: 'writer', synchronous: 'NORMAL', mmapSize: 0, embedder: SETUP },
      metrics,
    );
    reads = new ReadSession(session.database, session.statements, metrics, path);
    const random = randomFrom(SEED);
    const records: MemoryRecord[] = [];
    const fill = (namespace: string, count: number, part: string): void => {
      const operations = Array.from({ length: count }, (_, index) => {
        const words = Array.from({ length: 2 + random(8) }, () => WORDS[random(WORDS.length)]);
        return storing(`${part}-${index}`, words.join(' '), {
          section: random(60) === 0 ? 'cache' : 'semantic_memory',
          tags: random(3) === 0 ? ['third'] : [],
          expiresAt: random(25) === 0 ? NOW + 60_000 : null,
          persona: random(10) === 0 ? 'Ada' : null,
        });
      });
      for (let from = 0; from < count; from += 500) {
        const unit = unitOf(namespace, operations.slice(from, from + 500), { now: NOW });
        const [result] = session.commitGroup([unit]).results;
        if (result === undefined || 'error' in result) throw new Error('the filling was refused');
        for (const { record } of result.outcome.outcomes) if (record !== null) records.push(record);
      }
    };
    // Ids of both namespaces share blocks.
    fill('few', FEW / 2, 'first');
    fill('many', MANY, 'middle');
    fill('few', FEW, 'last');
    const vectors = session.database
      .prepare('SELECT scale, vector FROM embeddings WHERE memory_id = ?')
      .raw(true);
    for (const record of records) {
      const [scale, blob] = vectors.get(record.id) as [number, Buffer];
      stored.push({ record, scale, bytes: Int8Array.from(blob.map((byte) => (byte << 24) >> 24)) });
    }
  });
  afterAll(async () => {
    session.close();
    await rm(folder, { recursive: true, force: true });
  });

  const query = fc
    .uniqueArray(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 6 })
    .map((words): QueryVector => {
      const values = embedder.embedText(words.join(' '));
      if (values === null) throw new Error('a query without a direction');
      return { model: SETUP.model, values };
    });

  /** Best first by similarity. */
  function search(
    namespace: string,
    vector: QueryVector,
    k: number,
    filter: Filter | null,
    now: number,
  ): readonly RecallMatch[] {
    const args = recallArguments(namespace, null, {
      vectors: [vector],
      weights: { text: 0, semantic: 1 },
      candidates: { text: 1, semantic: k },
      limit: 1_000,
      filter,
      now,
    });
    const { hits } = reads.read('recall', args, undefined);
    return hits.toSorted((left, right) => similarityOf(right) - similarityOf(left));
  }

  function similarityOf({ semantic }: RecallMatch): number {
    return semantic?.similarity ?? Number.NaN;
  }

  /** Every vector compared. */
  function compareAll(
    namespace: string,
    { values }: QueryVector,
    filter: 'cache' | 'third' | null,
    now: number,
  ): readonly { readonly id: number; readonly similarity: number }[] {
    return stored
      .filter(
        ({ record }) =>
          record.namespace === namespace &&
          (record.expiresAt ?? now + 1) > now &&
          (filter !== 'cache' || record.section === 'cache') &&
          (filter !== 'third' || record.tags.includes('third')),
      )
      .map(({ record, bytes, scale }) => ({
        id: record.id,
        similarity: cosineSimilarity(values, bytes, scale),
      }))
      .sort((left, right) => right.similarity - left.similarity || left.id - right.id);
  }

  const FILTERS = { cache: inSection('cache'), third: withTag('third') };
  const filterName = fc.constantFrom(null, 'cache' as const, 'third' as const);

  it(`finds among few exactly the nearest that may be hits (seed ${SEED})`, () => {
    fc.assert(
      fc.property(
        query,
        filterName,
        fc.constantFrom(1, 5, 30, 500),
        fc.constantFrom(NOW, NOW + 60_000),
        (vector, name, k, now) => {
          const found = search('few', vector, k, name === null ? null : FILTERS[name], now);
          const expected = compareAll('few', vector, name, now).slice(0, k);
          expect(found.map(similarityOf)).toEqual(expected.map(({ similarity }) => similarity));
          expect(new Set(found.map(({ record }) => record.id)).size).toBe(found.length);
          for (const { record } of found) expect(record.namespace).toBe('few');
        },
      ),
      { seed: SEED, numRuns: 150 },
    );
  });

  it(`finds behind a filter that lets few of many through exactly the nearest (seed ${SEED})`, () => {
    fc.assert(
      fc.property(query, (vector) => {
        // About a hundred pass: fewer than are asked for, so that all of them must be found.
        const found = search('many', vector, 400, FILTERS.cache, NOW);
        const expected = compareAll('many', vector, 'cache', NOW);
        expect(expected.length).toBeGreaterThan(40);
        expect(found.map(({ record }) => record.id).toSorted((a, b) => a - b)).toEqual(
          expected.map(({ id }) => id).toSorted((a, b) => a - b),
        );
      }),
      { seed: SEED, numRuns: 25 },
    );
  });

  it(`finds among many nearly all of the nearest ten, filtered or not (seed ${SEED})`, () => {
    let found = 0;
    let wanted = 0;
    fc.assert(
      fc.property(query, fc.constantFrom(null, 'third' as const), (vector, name) => {
        const ids = new Set(
          search('many', vector, 100, name === null ? null : FILTERS.third, NOW).map(
            ({ record }) => record.id,
          ),
        );
        expect(ids.size).toBe(100);
        for (const { id } of compareAll('many', vector, name, NOW).slice(0, 10)) {
          wanted += 1;
          if (ids.has(id)) found += 1;
        }
      }),
      { seed: SEED, numRuns: 60 },
    );
    expect(found / wanted).toBeGreaterThan(0.95);
  });

  it('answers nothing for a model or a dimension that the file does not hold', () => {
    const values = new Float32Array(128).fill(Math.sqrt(1 / 128));
    expect(search('few', { model: 'unknown', values }, 10, null, NOW)).toEqual([]);
    const short = { model: SETUP.model, values: values.slice(0, 64) };
    expect(search('few', short, 10, null, NOW)).toEqual([]);
    expect(search('nowhere', { model: SETUP.model, values }, 10, null, NOW)).toEqual([]);
  });

  it('looks up the vectors of what the text arm found, however far they are', () => {
    const [first = '', second = ''] = WORDS;
    const values = embedder.embedText(first);
    if (values === null) throw new Error('a query without a direction');
    const args = recallArguments('few', second, {
      vectors: [{ model: SETUP.model, values }],
      weights: { text: 1, semantic: 1 },
      candidates: { text: 100, semantic: 1 },
      now: NOW,
    });
    const { hits } = reads.read('recall', args, undefined);
    expect(hits.length).toBeGreaterThan(1);
    for (const hit of hits) expect(hit.semantic?.model).toBe(SETUP.model);
  });

  it('leaves a code for every vector and no other', () => {
    expect(vectorFaults(path)).toEqual([]);
  });

  it.each([
    ['bytes', 'vector = CAST(zeroblob(length(vector)) AS BLOB)'],
    ['scale', 'scale = scale * 2'],
    ['checksum', 'crc = crc + 1'],
  ])('leaves out a vector whose %s were changed, naming the memory', async (_name, change) => {
    const id = stored.find(({ record }) => record.namespace === 'few')?.record.id ?? 0;
    const args = recallArguments('few', null, {
      vectors: [
        { model: SETUP.model, values: embedder.embedText(WORDS[0] ?? '') ?? new Float32Array() },
      ],
      now: NOW,
    });
    const database = new Database(path);
    const [before] = database
      .prepare('SELECT crc, scale, vector FROM embeddings WHERE memory_id = ?')
      .raw(true)
      .all(id) as [unknown[]];
    database.prepare(`UPDATE embeddings SET ${change} WHERE memory_id = ?`).run(id);
    try {
      const { hits, damagedVectors } = reads.read('recall', args, undefined);
      expect(damagedVectors).toEqual([id]);
      expect(hits.length).toBeGreaterThan(0);
      expect(hits.map(({ record }) => record.id)).not.toContain(id);
    } finally {
      database
        .prepare('UPDATE embeddings SET crc = ?, scale = ?, vector = ? WHERE memory_id = ?')
        .run(...before, id);
      database.close();
    }
    expect(reads.read('recall', args, undefined)).toMatchObject({
      damagedVectors: [],
      problem: null,
    });
  });
});
