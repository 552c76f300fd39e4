import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type {
  ImportedLink,
  ImportItem,
  ImportOutcome,
} from '../../../src/engine/import-operations.ts';

import { type ImportCounts, importRecords } from '../../../src/engine/transfer/import-records.ts';
import type { TransferRecord, TransferRow } from '../../../src/engine/transfer/transfer-row.ts';

const record = (key: string, valueText = '1'): TransferRecord => ({
  key,
  valueText,
  metadataText: '{"n":12345678901234567890.5}',
  tags: ['t'],
  section: null,
  persona: null,
  importance: null,
  createdAt: 1,
  updatedAt: 2,
  accessedAt: 3,
  accessCount: 4,
  expiresAt: 5,
});

async function* rowsOf(rows: Iterable<TransferRow>): AsyncGenerator<TransferRow> {
  yield* rows;
}

const numbered = (count: number, valueText?: string): TransferRow[] =>
  Array.from({ length: count }, (_, index) => ({ record: record(`key ${index}`, valueText) }));

/** Answers by the key of each item. */
function createTarget(answer: (key: string) => ImportOutcome = () => 'imported') {
  const calls: (readonly ImportItem[])[] = [];
  /** Calls for links, and how many for memories were under way. */
  const made: { readonly links: readonly ImportedLink[]; readonly open: number }[] = [];
  let open = 0;
  const peak = { open: 0 };
  return {
    calls,
    made,
    peak,
    async importRecords(items: readonly ImportItem[]): Promise<readonly ImportOutcome[]> {
      calls.push(items);
      open += 1;
      peak.open = Math.max(peak.open, open);
      await nextTurn();
      open -= 1;
      return items.map((item) => answer(item.fields.key));
    },
    async importLinks(links: readonly ImportedLink[]): Promise<readonly ImportOutcome[]> {
      made.push({ links, open });
      return links.map(({ from }) => answer(from));
    },
  };
}

describe('importRecords', () => {
  it('hands over every field exactly', async () => {
    const target = createTarget();
    await importRecords(rowsOf([{ record: record('k', '9007199254740993') }]), target);
    expect(target.calls).toEqual([
      [
        {
          fields: {
            key: 'k',
            valueText: '9007199254740993',
            metadata: { n: Number('12345678901234567890.5') },
            tags: ['t'],
            section: undefined,
            persona: null,
            importance: undefined,
          },
          history: { createdAt: 1, updatedAt: 2, accessedAt: 3, accessCount: 4 },
          metadataText: '{"n":12345678901234567890.5}',
          expiresAt: 5,
        },
      ],
    ]);
  });

  it('counts what became of every row and reports failures by key', async () => {
    const target = createTarget((key) => {
      if (key === 'key 1') return 'skipped';
      return key === 'key 2' ? new Error('refused') : 'imported';
    });
    const failures: unknown[] = [];
    const notes: unknown[] = [];
    const counts = await importRecords(
      rowsOf([
        ...numbered(4),
        { failure: { key: 'row 9', reason: 'broken' } },
        { record: record('noted'), note: 'less' },
      ]),
      target,
      { onFailure: (failure) => failures.push(failure), onNote: (...note) => notes.push(note) },
    );
    expect(counts).toEqual({ read: 6, imported: 3, skipped: 1, failed: 2 });
    expect(failures).toEqual([
      { key: 'row 9', reason: 'broken' },
      { key: 'key 2', reason: 'refused' },
    ]);
    expect(notes).toEqual([['noted', 'less']]);
  });

  it('sends bounded chunks, several at a time but not all', async () => {
    const target = createTarget();
    const counts = await importRecords(rowsOf(numbered(3_000)), target);
    expect(counts.imported).toBe(3_000);
    expect(Math.max(...target.calls.map((items) => items.length))).toBe(256);
    expect(target.calls.flat().map((item) => item.fields.key)).toEqual(
      numbered(3_000).map((row) => 'record' in row && row.record.key),
    );
    expect(target.peak.open).toBe(4);
  });

  it('sends large memories a few at a time', async () => {
    const target = createTarget();
    await importRecords(rowsOf(numbered(5, JSON.stringify('x'.repeat(900_000)))), target);
    expect(target.calls.map((items) => items.length)).toEqual([2, 2, 1]);
  });

  it('makes links after all memories, in chunks, and counts them too', async () => {
    const target = createTarget((key) => (key === 'bad' ? new Error('no such memory') : 'skipped'));
    const link = (from: string): TransferRow => ({
      link: { from, to: 'key 0', kind: 'relates', createdAt: 1 },
    });
    const failures: unknown[] = [];
    const rows = [link('bad'), ...Array.from({ length: 300 }, () => link('key 1')), ...numbered(3)];
    const counts = await importRecords(rowsOf(rows), target, {
      onFailure: (failure) => failures.push(failure),
    });
    expect(counts).toEqual({ read: 304, imported: 0, skipped: 303, failed: 1 });
    expect(failures).toEqual([{ key: 'bad → key 0', reason: 'no such memory' }]);
    expect(target.made.map(({ links, open }) => [links.length, open])).toEqual([
      [256, 0],
      [45, 0],
    ]);
  });

  it('counts an item without an answer as failed', async () => {
    const counts = await importRecords(rowsOf(numbered(2)), {
      importRecords: async () => ['imported'],
      importLinks: async () => [],
    });
    expect(counts).toMatchObject({ imported: 1, failed: 1 });
  });

  it('finishes what is under way and counts it when it is stopped', async () => {
    const controller = new AbortController();
    const target = createTarget();
    const seen: ImportCounts[] = [];
    const counts = await importRecords(rowsOf(numbered(10_000)), target, {
      signal: controller.signal,
      onProgress: (progress) => {
        seen.push(progress);
        controller.abort();
      },
    });
    expect(counts.read).toBeLessThan(10_000);
    expect(counts.imported).toBe(counts.read);
    expect(target.calls.flat()).toHaveLength(counts.read);
    expect(seen.at(-1)).toEqual(counts);
  });

  it('rejects when the target breaks down, after the chunks under way', async () => {
    let open = 0;
    const broken = {
      importRecords: async (items: readonly ImportItem[]): Promise<readonly ImportOutcome[]> => {
        open += 1;
        await nextTurn();
        if (items[0]?.fields.key !== 'key 0') await nextTurn();
        open -= 1;
        if (items[0]?.fields.key === 'key 0') throw new Error('engine closed');
        return items.map(() => 'imported');
      },
      importLinks: async () => [],
    };
    await expect(importRecords(rowsOf(numbered(2_000)), broken)).rejects.toThrow('engine closed');
    expect(open).toBe(0);
  });

  it('rejects when the source breaks down, after the chunks under way', async () => {
    const target = createTarget();
    async function* source(): AsyncGenerator<TransferRow> {
      yield* numbered(300);
      throw new Error('disk error');
    }
    const progress: ImportCounts[] = [];
    await expect(
      importRecords(source(), target, { onProgress: (counts) => progress.push(counts) }),
    ).rejects.toThrow('disk error');
    expect(progress.at(-1)).toMatchObject({ imported: 256 });
  });
});
