import { describe, expect, it } from 'vitest';
import type { MemorySpace } from '../support/memory-space.ts';
import { storing } from '../support/memory-space.ts';
import { recallArguments } from '../support/recall-arguments.ts';

/** Text recall; how queries are built and ranked is tested with engine/search. */
export function describeRecall(open: () => MemorySpace): void {
  const sorted = (keys: readonly string[]): readonly string[] => [...keys].sort();

  describe('recall', () => {
    it('finds words of value, key, tags, persona and metadata, whatever their form', async () => {
      const space = open();
      await space.write([
        storing('value', { text: ['They were running', { deep: 'Café' }] }),
        storing('deployPipeline', 1),
        storing('tagged', 1, { tags: ['kubernetes'] }),
        storing('owned', 1, { persona: 'Springfield' }),
        storing('described', 1, { metadataText: '{"source":"wikipedia"}' }),
      ]);
      expect(await space.recall('run')).toEqual(['value']);
      expect(await space.recall('CAFE')).toEqual(['value']);
      expect(await space.recall('pipeline')).toEqual(['deployPipeline']);
      expect(await space.recall('kubernetes')).toEqual(['tagged']);
      expect(await space.recall('springfield')).toEqual(['owned']);
      expect(await space.recall('Wikipedia')).toEqual(['described']);
      expect(await space.recall('nowhere')).toEqual([]);
    });

    it('finds Japanese words inside of sentences, half-width and full-width alike', async () => {
      const space = open();
      await space.write([
        storing('tocho', '東京都庁で会議をした'),
        storing('kyoto', '京都の寺を訪れた'),
        storing('database', 'データベースの設計'),
        storing('half', 'ﾃﾞｰﾀを保存する'),
      ]);
      expect(await space.recall('東京')).toEqual(['tocho']);
      expect(await space.recall('会議')).toEqual(['tocho']);
      expect(await space.recall('京都の寺')).toContain('kyoto');
      expect(sorted(await space.recall('データ'))).toEqual(['database', 'half']);
    });

    it('filters before it cuts', async () => {
      const space = open();
      const many = Array.from({ length: 60 }, (_, index) =>
        storing(`loud-${index}`, 'needle needle needle', { section: 'cache' }),
      );
      await space.write([...many, storing('wanted', 'a needle in much other text about hay')]);
      const filter = {
        operand: { field: 'section' },
        comparison: { operator: 'eq', value: 'semantic_memory' },
      } as const;
      expect(await space.recall('needle', { filter, limit: 1 })).toEqual(['wanted']);
      expect(await space.recall('needle', { limit: 10 })).toHaveLength(10);
    });

    it('orders by relevance, ties by id', async () => {
      const space = open();
      await space.write([
        storing('weak', 'lantern among a great many other words that say nothing of it at all'),
        storing('tie-1', 'lantern light'),
        storing('tie-2', 'lantern light'),
        storing('strong', 'lantern lantern lantern'),
      ]);
      expect(await space.recall('lantern')).toEqual(['strong', 'tie-1', 'tie-2', 'weak']);
    });

    it('follows updates and deletions at once', async () => {
      const space = open();
      await space.store('k', 'anchor');
      await space.store('k', 'balloon');
      expect(await space.recall('anchor')).toEqual([]);
      expect(await space.recall('balloon')).toEqual(['k']);
      await space.apply({ kind: 'update', target: { key: 'k' }, tags: ['compass'] });
      expect(await space.recall('compass')).toEqual(['k']);
      expect(await space.recall('balloon')).toEqual(['k']);
      await space.apply({ kind: 'delete', target: { key: 'k' } });
      expect(await space.recall('balloon compass')).toEqual([]);
    });

    it('follows many changes of one memory inside of one moment', async () => {
      const space = open();
      const results = await Promise.allSettled([
        space.write([storing('a', 'drum'), storing('a', 'eagle')]),
        space.apply({ kind: 'update', target: { key: 'a' }, valueText: '"falcon"' }),
        space.write([storing('b', 'garden'), { kind: 'delete', target: { key: 'b' } }]),
        space.write([storing('b', 'harbour')]),
        space.write([storing('a', 'phantom'), storing('a', 'phantom', { ifVersion: 0 })]),
        space.write([{ kind: 'delete', target: { key: 'a' } }, storing('a', 'island')]),
      ]);
      expect(results.map(({ status }) => status)).toEqual([
        'fulfilled',
        'fulfilled',
        'fulfilled',
        'fulfilled',
        'rejected',
        'fulfilled',
      ]);
      expect(await space.recall('drum eagle falcon garden phantom')).toEqual([]);
      expect(await space.recall('island')).toEqual(['a']);
      expect(await space.recall('harbour')).toEqual(['b']);
    });

    it('stays inside of its namespace', async () => {
      const [left, right] = [open(), open()];
      await left.store('k', 'secretword');
      expect(await right.recall('secretword')).toEqual([]);
    });

    it('gives the records with every number of their scores', async () => {
      const space = open();
      const record = await space.store('k', 'juniper');
      const { hits } = await space.backend.read(
        'recall',
        recallArguments(space.namespace, 'juniper', { now: record.updatedAt }),
      );
      expect(hits).toEqual([
        {
          record,
          text: { bm25: expect.any(Number), context: 0, coverage: 1, rank: 1, normalised: 1 },
          semantic: null,
          named: false,
          importanceFactor: 1,
          recencyFactor: 1.05,
          score: 1.05,
        },
      ]);
      expect(hits[0]?.text?.bm25).toBeGreaterThan(0);
    });
  });
}
