import { describe, expect, it } from 'vitest';
import {
  IdempotencyMismatchError,
  type ImportItem,
  ValidationError,
  VersionConflictError,
} from '../../src/engine/index.ts';
import { openTestEngine, shareTestEngine } from '../support/open-test-engine.ts';

const shared = shareTestEngine();

const history = { createdAt: 1_000, updatedAt: 2_000, accessedAt: 3_000, accessCount: 4 };

function importItem(key: string, value: unknown): ImportItem {
  return { fields: { key, value }, history };
}

describe('storeMany', () => {
  it('stores all or nothing by default', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'b', value: 0 });
    await expect(
      memories.storeMany([
        { key: 'a', value: 1 },
        { key: 'b', value: 2, ifVersion: 0 },
      ]),
    ).rejects.toBeInstanceOf(VersionConflictError);
    expect(await memories.get({ key: 'a' })).toBeNull();
    const result = await memories.storeMany([
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ]);
    expect(result).toMatchObject({
      stored: 2,
      failed: 0,
      replayed: false,
      results: [{ created: true }, { created: false }],
    });
    const last = result.results[1];
    expect(last instanceof Error ? null : last?.cursor).toBe(result.cursor);
  });

  it('names everything that is wrong in an atomic batch, repeated keys too', async () => {
    const memories = shared.memories();
    const error = await memories
      .storeMany([
        { key: 'café', value: 1 },
        { key: '', value: 2 },
        { key: 'cafe\u0301', value: 3 },
        { key: 'd', value: Number.NaN },
      ])
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ValidationError);
    expect((error as ValidationError).issues.map(({ path }) => path.join('.'))).toEqual([
      'items.1.key',
      'items.3.value',
      'items.2.key',
    ]);
    expect((await memories.status()).totalMemories).toBe(0);
  });

  it('stores item by item when asked to', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'b', value: 0 });
    const { results, stored, failed, cursor } = await memories.storeMany(
      [
        { key: 'a', value: 1 },
        { key: 'b', value: 2, ifVersion: 0 },
        { key: '', value: 3 },
        { key: 'a', value: 4 },
      ],
      { atomic: false },
    );
    expect([stored, failed]).toEqual([2, 2]);
    expect(results[1]).toBeInstanceOf(VersionConflictError);
    expect(results[2]).toBeInstanceOf(ValidationError);
    expect(results[3]).toMatchObject({ created: false, cursor });
    expect((await memories.get({ key: 'a' }))?.value).toBe(4);
  });

  it('takes an empty batch for what it is', async () => {
    const memories = shared.memories();
    const none = { results: [], stored: 0, failed: 0, replayed: false };
    const nothing = { ...none, cursor: null, pending: [] };
    expect(await memories.storeMany([])).toEqual(nothing);
    expect(await memories.storeMany([], { atomic: false })).toEqual(nothing);
  });

  it.each([true, false])(
    'replays a batch (atomic: %s) and refuses another one under its key',
    async (atomic) => {
      const memories = shared.memories();
      const items = [
        { key: 'a', value: 1 },
        { key: 'b', value: 2 },
      ];
      const options = { atomic, idempotencyKey: 'batch' };
      const first = await memories.storeMany(items, options);
      const again = await memories.storeMany(items, options);
      expect(again).toMatchObject({ replayed: true, stored: 2, cursor: first.cursor });
      expect((await memories.get({ key: 'a' }))?.version).toBe(1);
      const other = memories.storeMany([...items, { key: 'c', value: 3 }], options);
      if (atomic) await expect(other).rejects.toBeInstanceOf(IdempotencyMismatchError);
      else expect((await other).results[0]).toBeInstanceOf(IdempotencyMismatchError);
    },
  );

  it('sends items in chunks of batch_size', async () => {
    const engine = await openTestEngine({ memory: { batch_size: 7 } });
    const items = Array.from({ length: 50 }, (_, index) => ({ key: `k${index}`, value: index }));
    await engine.namespace('default').storeMany(items, { atomic: false });
    const { groups } = (await engine.statistics()).backend;
    expect(groups.maxSize).toBeLessThanOrEqual(7);
    expect(groups.maxSize).toBeGreaterThan(1);
  });

  it('refuses units that are too large', async () => {
    const memories = shared.memories();
    const value = 'x'.repeat(1_000_000);
    const items = Array.from({ length: 9 }, (_, index) => ({ key: `k${index}`, value }));
    await expect(memories.storeMany(items)).rejects.toBeInstanceOf(ValidationError);
    await expect(
      memories.storeMany(Array.from({ length: 10_001 }, () => ({ key: 'k', value: 1 }))),
    ).rejects.toBeInstanceOf(ValidationError);
    await expect(memories.storeMany('x' as unknown as [])).rejects.toBeInstanceOf(ValidationError);
  });
});

describe('importRecords', () => {
  it('keeps the history and reports each item', async () => {
    const memories = shared.memories();
    const results = await memories.importRecords([
      importItem('a', 1),
      importItem('', 2),
      importItem('c', 3),
    ]);
    expect([results[0], results[2]]).toEqual(['imported', 'imported']);
    expect(results[1]).toBeInstanceOf(ValidationError);
    const memory = await memories.get({ key: 'a' });
    expect(memory).toMatchObject({
      createdAt: new Date(1_000),
      updatedAt: new Date(2_000),
      accessedAt: new Date(3_000),
      accessCount: 4,
    });
  });

  it('changes nothing when it is repeated, and updates what differs', async () => {
    const memories = shared.memories();
    await memories.importRecords([importItem('a', 1), importItem('b', 2)]);
    const before = (await memories.status()).headCursor;
    expect(await memories.importRecords([importItem('a', 1), importItem('b', 2)])).toEqual([
      'skipped',
      'skipped',
    ]);
    expect((await memories.status()).headCursor).toBe(before);
    expect((await memories.get({ key: 'a' }))?.version).toBe(1);
    expect(await memories.importRecords([importItem('a', 1), importItem('b', 'new')])).toEqual([
      'skipped',
      'imported',
    ]);
    expect(await memories.get({ key: 'b' })).toMatchObject({ value: 'new', version: 2 });
  });
});
