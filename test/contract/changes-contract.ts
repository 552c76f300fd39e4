import { describe, expect, it } from 'vitest';
import type { Filter } from '../../src/engine/search/filter.ts';
import type { MemorySpace } from '../support/memory-space.ts';
import { storing } from '../support/memory-space.ts';

/** The change log. */
export function describeChanges(open: () => MemorySpace): void {
  describe('changes', () => {
    it('come in commit order with the memory as it was then', async () => {
      const space = open();
      const created = await space.write([storing('k', 1, { tags: ['t'], persona: 'P' })], {
        now: 10,
      });
      const updated = await space.write([storing('k', 2)], { now: 20 });
      const deleted = await space.write([{ kind: 'delete', target: { key: 'k' } }], { now: 30 });
      const { changes, headSeq, scannedSeq } = await space.changes();
      const expected = [created, updated, deleted].flatMap(({ csn, outcomes }) =>
        outcomes.map(({ kind, record, seq }) => ({ csn, kind, record, seq })),
      );
      expect(changes).toMatchObject(expected);
      expect(changes.map(({ at }) => at)).toEqual([10, 20, 30]);
      expect(new Set(changes.map(({ txid }) => txid)).size).toBe(3);
      expect(headSeq).toBe(changes[2]?.seq);
      expect(scannedSeq).toBe(headSeq);
    });

    it('continue after a position, page by page, without a gap or a repetition', async () => {
      const space = open();
      await Promise.all(Array.from({ length: 25 }, (_, index) => space.store(`k${index}`, index)));
      const all = (await space.changes()).changes.map(({ seq }) => seq);
      expect(all).toHaveLength(25);
      const paged: number[] = [];
      for (let afterSeq = 0; ; ) {
        const page = await space.changes({ afterSeq, limit: 4 });
        paged.push(...page.changes.map(({ seq }) => seq));
        afterSeq = page.scannedSeq;
        if (afterSeq >= page.headSeq) break;
      }
      expect(paged).toEqual(all);
    });

    it('filter by the record of the change and tell how far they looked', async () => {
      const space = open();
      await space.write([
        storing('a', 1, { section: 'cache' }),
        storing('b', 2, { section: 'learning_data' }),
        storing('c', 3, { section: 'cache' }),
      ]);
      const filter: Filter = {
        operand: { field: 'section' },
        comparison: { operator: 'eq', value: 'cache' },
      };
      const all = await space.changes({ filter });
      expect(all.changes.map(({ record }) => record.key)).toEqual(['a', 'c']);
      const seqs = (await space.changes()).changes.map(({ seq }) => seq);
      const second = await space.changes({ filter, afterSeq: seqs[0] ?? 0, limit: 1 });
      expect(second.changes).toEqual([]);
      expect(second.scannedSeq).toBe(seqs[1]);
    });

    it('hold only the own namespace, and the head passes foreign changes', async () => {
      const [space, other] = [open(), open()];
      await space.store('k');
      await other.store('k');
      const { changes, headSeq, scannedSeq } = await space.changes();
      expect(changes).toHaveLength(1);
      expect(scannedSeq).toBe(headSeq);
      expect(headSeq).toBeGreaterThan(changes[0]?.seq ?? 0);
    });

    it('a position beyond the head stays where it is', async () => {
      const space = open();
      const { headSeq } = await space.changes();
      const page = await space.changes({ afterSeq: headSeq + 100 });
      expect(page).toMatchObject({ changes: [], scannedSeq: headSeq + 100, headSeq });
    });
  });
}
