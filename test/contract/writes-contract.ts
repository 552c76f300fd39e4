import { describe, expect, it } from 'vitest';
import { NotFoundError, VersionConflictError } from '../../src/engine/errors.ts';
import type { MemorySpace } from '../support/memory-space.ts';
import { storing } from '../support/memory-space.ts';

/** store, update, delete and their versions. */
export function describeWrites(open: () => MemorySpace): void {
  describe('store', () => {
    it('creates with version 1 and gives everything back as it was written', async () => {
      const space = open();
      const fields = {
        metadataText: '{"source":"測試","n":18446744073709551617}',
        tags: ['b', 'a'],
        section: 'episodic_memory',
        persona: 'Springfield',
        importance: 0.25,
        expiresAt: 4_102_444_800_000,
      } as const;
      const outcome = await space.apply(storing('k', { a: [1, 2.5, '東京'] }, fields), { now: 5 });
      expect(outcome.kind).toBe('created');
      expect(outcome.record).toMatchObject({
        ...fields,
        key: 'k',
        namespace: space.namespace,
        valueText: '{"a":[1,2.5,"東京"]}',
        version: 1,
        createdAt: 5,
        updatedAt: 5,
        accessedAt: 5,
        accessCount: 0,
      });
      expect(await space.get('k')).toEqual(outcome.record);
    });

    it('replaces all fields of an existing memory, counts its version and keeps id and createdAt', async () => {
      const space = open();
      const first = (
        await space.apply(storing('k', 1, { tags: ['old'], persona: 'A' }), { now: 1 })
      ).record;
      const second = await space.apply(storing('k', 2), { now: 2 });
      expect(second).toMatchObject({
        kind: 'updated',
        record: {
          id: first.id,
          version: 2,
          createdAt: 1,
          updatedAt: 2,
          tags: [],
          persona: null,
          valueText: '2',
        },
      });
      expect(second.record.csn).toBeGreaterThan(first.csn);
      expect(await space.get('k')).toEqual(second.record);
    });

    it('keeps namespaces apart', async () => {
      const left = open();
      const right = open();
      await left.store('same', 'left');
      await right.store('same', 'right');
      expect(await left.valueText('same')).toBe('"left"');
      expect(await right.valueText('same')).toBe('"right"');
      await left.apply({ kind: 'delete', target: { key: 'same' } });
      expect(await right.valueText('same')).toBe('"right"');
    });

    it('never reuses an id, also after a deletion', async () => {
      const space = open();
      const first = await space.store('k');
      await space.apply({ kind: 'delete', target: { id: first.id } });
      const second = await space.store('k');
      expect(second.id).toBeGreaterThan(first.id);
      expect(second.version).toBe(1);
    });

    it('keeps NUL and escaped lone surrogates inside of values', async () => {
      const space = open();
      const text = JSON.stringify({ nul: 'a\0b', lone: '\ud800', pair: '\u{1f600}' });
      await space.store('k', null, { valueText: text });
      expect(await space.valueText('k')).toBe(text);
    });
  });

  describe('ifVersion', () => {
    it('0 stores only what does not exist', async () => {
      const space = open();
      expect((await space.apply(storing('k', 1, { ifVersion: 0 }))).kind).toBe('created');
      await expect(space.apply(storing('k', 2, { ifVersion: 0 }))).rejects.toMatchObject({
        name: 'VersionConflictError',
        code: 'VERSION_CONFLICT',
        expected: 0,
        actual: 1,
        data: { key: 'k', expected: 0, actual: 1 },
      });
      expect(await space.valueText('k')).toBe('1');
    });

    it('a version that matches goes through, another one stores nothing', async () => {
      const space = open();
      await space.store('k', 1);
      expect((await space.apply(storing('k', 2, { ifVersion: 1 }))).record.version).toBe(2);
      const attempts = [
        storing('k', 3, { ifVersion: 1 }),
        { kind: 'update', target: { key: 'k' }, valueText: '3', ifVersion: 1 },
        { kind: 'increment', target: { key: 'k' }, path: [], by: 1, ifVersion: 3 },
        { kind: 'append', target: { key: 'k' }, path: [], itemsText: '[1]', ifVersion: 1 },
        { kind: 'delete', target: { key: 'k' }, ifVersion: 1 },
      ] as const;
      for (const operation of attempts)
        await expect(space.apply(operation)).rejects.toBeInstanceOf(VersionConflictError);
      expect(await space.get('k')).toMatchObject({ version: 2, valueText: '2' });
    });

    it('a version of something that does not exist conflicts with 0', async () => {
      await expect(open().apply(storing('k', 1, { ifVersion: 4 }))).rejects.toMatchObject({
        expected: 4,
        actual: 0,
      });
    });
  });

  describe('update', () => {
    it('changes what is named and leaves the rest', async () => {
      const space = open();
      const before = await space.store('k', { a: 1 }, { tags: ['x'], persona: 'A' });
      const after = await space.apply({
        kind: 'update',
        target: { id: before.id },
        tags: ['y', 'z'],
        section: 'cache',
        persona: null,
        importance: 1,
        expiresAt: 4_102_444_800_000,
      });
      expect(after.record).toMatchObject({
        valueText: '{"a":1}',
        metadataText: '{}',
        tags: ['y', 'z'],
        section: 'cache',
        persona: null,
        importance: 1,
        expiresAt: 4_102_444_800_000,
        version: 2,
      });
      expect(await space.get('k')).toEqual(after.record);
    });

    it('merges a patch into value and metadata and keeps big integers to the digit', async () => {
      const space = open();
      await space.store('k', null, {
        valueText: '{"id":9007199254740993,"far":123456789012345678901234567890,"gone":1}',
        metadataText: '{"n":18446744073709551617}',
      });
      const { record } = await space.apply({
        kind: 'update',
        target: { key: 'k' },
        valuePatchText: '{"gone":null,"new":{"deep":9007199254740995}}',
        metadataPatchText: '{"m":true}',
      });
      expect(record.valueText).toBe(
        '{"id":9007199254740993,"far":123456789012345678901234567890,"new":{"deep":9007199254740995}}',
      );
      expect(record.metadataText).toBe('{"n":18446744073709551617,"m":true}');
      expect(await space.get('k')).toEqual(record);
    });

    it('refuses what does not exist', async () => {
      const space = open();
      await expect(
        space.apply({ kind: 'update', target: { key: 'none' }, valueText: '1' }),
      ).rejects.toBeInstanceOf(NotFoundError);
      await expect(
        space.apply({ kind: 'update', target: { id: 999_999_999 }, valueText: '1' }),
      ).rejects.toMatchObject({ code: 'NOT_FOUND', data: { id: 999_999_999 } });
    });

    it('does not reach into another namespace by id', async () => {
      const foreign = await open().store('k', 1);
      await expect(
        open().apply({ kind: 'update', target: { id: foreign.id }, valueText: '2' }),
      ).rejects.toBeInstanceOf(NotFoundError);
    });
  });

  describe('delete', () => {
    it('answers with the memory as it was and leaves nothing behind', async () => {
      const space = open();
      const before = await space.store('k', 'unmistakable', { tags: ['t'] });
      const outcome = await space.apply({ kind: 'delete', target: { key: 'k' }, ifVersion: 1 });
      expect(outcome).toMatchObject({ kind: 'deleted', record: before });
      expect(await space.get('k')).toBeNull();
      expect((await space.list()).records).toEqual([]);
      expect(await space.recall('unmistakable')).toEqual([]);
      const tagged = await space.list({ filter: { tags: 'any', values: ['t'] } });
      expect(tagged.records).toEqual([]);
    });

    it('refuses what does not exist', async () => {
      await expect(
        open().apply({ kind: 'delete', target: { key: 'none' } }),
      ).rejects.toBeInstanceOf(NotFoundError);
    });
  });
}
