import { describe, expect, it } from 'vitest';
import {
  type MemoryOperations,
  type OpenTransaction,
  TransactionConflictError,
  ValidationError,
} from '../../../src/engine/index.ts';
import { shareTestEngine } from '../../support/open-test-engine.ts';

const shared = shareTestEngine();

const LEVELS = ['READ_COMMITTED', 'REPEATABLE_READ', 'SERIALIZABLE'] as const;
const SNAPSHOT_LEVELS = ['REPEATABLE_READ', 'SERIALIZABLE'] as const;
const TEXT = 'kim drinks green tea in the morning';

const key = (name: string) => ({ key: name });

function linking(from: string, kind: 'relates' | 'supersedes' | 'derived_from', to: string) {
  return { from: key(from), kind, to: key(to) };
}

async function linksOf(memories: MemoryOperations, name: string): Promise<readonly string[]> {
  const related = await memories.related({ to: key(name) });
  return related.map(({ link, memory }) => `${link?.kind} ${link?.direction} ${memory.key}`).sort();
}

async function withMemories(...names: readonly string[]): Promise<MemoryOperations> {
  const memories = shared.memories();
  await memories.storeMany(names.map((name) => ({ key: name, value: name })));
  return memories;
}

describe.each(LEVELS)('links inside a transaction at %s', (isolation) => {
  it('own ones are seen inside, nobody else sees them before the commit', async () => {
    const memories = await withMemories('a', 'b', 'c');
    await memories.link(linking('a', 'derived_from', 'b'));
    await memories.link(linking('c', 'relates', 'a'));
    const open = await memories.beginTransaction({ isolation });
    const inside = open.memories;
    const { memory: made } = await inside.store({ key: 'new', value: 1 });
    const { changed, from } = await inside.link({
      from: { id: made.id },
      kind: 'supersedes',
      to: key('a'),
    });
    expect({ changed, from: from.key }).toEqual({ changed: true, from: 'new' });
    expect((await inside.link(linking('a', 'relates', 'c'))).changed).toBe(false);
    expect((await inside.unlink(linking('a', 'derived_from', 'b'))).changed).toBe(true);
    expect((await inside.unlink(linking('a', 'derived_from', 'b'))).changed).toBe(false);
    expect(await linksOf(inside, 'a')).toEqual(['relates MUTUAL c', 'supersedes INCOMING new']);
    expect(await linksOf(inside, 'b')).toEqual([]);
    expect(await linksOf(memories, 'a')).toEqual(['derived_from OUTGOING b', 'relates MUTUAL c']);
    await open.commit();
    expect(await linksOf(memories, 'a')).toEqual(['relates MUTUAL c', 'supersedes INCOMING new']);
    expect(await linksOf(memories, 'b')).toEqual([]);
  });

  it('show the memory at the other end as the transaction left it', async () => {
    const memories = await withMemories('a', 'b', 'c');
    await memories.link(linking('a', 'relates', 'b'));
    await memories.link(linking('a', 'relates', 'c'));
    const open = await memories.beginTransaction({ isolation });
    await open.memories.update({ by: key('b'), value: 'changed' });
    await open.memories.delete({ by: key('c') });
    const [only, ...rest] = await open.memories.related({ to: key('a') });
    expect(only?.memory).toMatchObject({ key: 'b', value: 'changed', version: 2 });
    expect(rest).toEqual([]);
    // The link does not come back with the key.
    await open.memories.store({ key: 'c', value: 'again' });
    expect(await linksOf(open.memories, 'a')).toEqual(['relates MUTUAL b']);
    await open.rollback();
    expect(await linksOf(memories, 'a')).toEqual(['relates MUTUAL b', 'relates MUTUAL c']);
  });

  it('follow savepoints', async () => {
    const memories = await withMemories('a', 'b', 'c');
    const open = await memories.beginTransaction({ isolation });
    await open.memories.link(linking('a', 'relates', 'b'));
    await open.savepoint('s');
    await open.memories.unlink(linking('a', 'relates', 'b'));
    await open.memories.link(linking('a', 'supersedes', 'c'));
    expect(await linksOf(open.memories, 'a')).toEqual(['supersedes OUTGOING c']);
    await open.rollbackTo('s');
    expect(await linksOf(open.memories, 'a')).toEqual(['relates MUTUAL b']);
    await open.commit();
    expect(await linksOf(memories, 'a')).toEqual(['relates MUTUAL b']);
  });

  it('refuse circles and themselves by what the transaction sees', async () => {
    const memories = await withMemories('a', 'b', 'c');
    await memories.link(linking('b', 'supersedes', 'a'));
    const open = await memories.beginTransaction({ isolation });
    await open.memories.link(linking('c', 'supersedes', 'b'));
    for (const [from, to] of [
      ['a', 'c'],
      ['a', 'b'],
      ['a', 'a'],
    ] as const)
      await expect(open.memories.link(linking(from, 'supersedes', to))).rejects.toThrow(
        ValidationError,
      );
    await open.memories.unlink(linking('b', 'supersedes', 'a'));
    await open.memories.link(linking('a', 'supersedes', 'c'));
    await open.commit();
    expect(await linksOf(memories, 'c')).toEqual([
      'supersedes INCOMING a',
      'supersedes OUTGOING b',
    ]);
  });

  it('an idempotent link is replayed inside and after the commit', async () => {
    const memories = await withMemories('a', 'b');
    const open = await memories.beginTransaction({ isolation });
    const options = { idempotencyKey: 'one' };
    const first = await open.memories.link(linking('a', 'relates', 'b'), options);
    const again = await open.memories.link(linking('a', 'relates', 'b'), options);
    expect([first.replayed, again.replayed, again.changed]).toEqual([false, true, true]);
    await open.commit();
    const after = await memories.link(linking('a', 'relates', 'b'), options);
    expect(after).toMatchObject({ replayed: true, changed: true });
  });

  it('a circle that two transactions close together is refused at commit', async () => {
    const memories = await withMemories('a', 'b');
    const [one, two] = await beginBoth(memories, isolation);
    await one.memories.link(linking('a', 'supersedes', 'b'));
    await two.memories.link(linking('b', 'supersedes', 'a'));
    await one.commit();
    await expect(two.commit()).rejects.toMatchObject({ code: expect.stringMatching(/VALIDATION/) });
    expect(await linksOf(memories, 'a')).toEqual(['supersedes OUTGOING b']);
  });

  it('duplicates: own writes are found, and what the transaction superseded is not', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'old', value: TEXT });
    const open = await memories.beginTransaction({ isolation });
    const inside = open.memories;
    const first = await inside.store({ key: 'a', value: TEXT, onDuplicate: 'supersede' });
    expect(first.duplicates.map((one) => one.key)).toEqual(['old']);
    expect(await linksOf(inside, 'a')).toEqual(['supersedes OUTGOING old']);
    const second = await inside.store({ key: 'b', value: TEXT, onDuplicate: 'return_existing' });
    expect(second).toMatchObject({ created: false, memory: { key: 'a' } });
    expect(await inside.get(key('b'))).toBeNull();
    await inside.update({ by: key('a'), value: 'something else' });
    const third = await inside.store({ key: 'b', value: TEXT, onDuplicate: 'return_existing' });
    expect(third.created).toBe(true);
    await open.commit();
    expect(await memories.get(key('b'))).not.toBeNull();
    expect(await linksOf(memories, 'a')).toEqual(['supersedes OUTGOING old']);
  });
});

async function beginBoth(
  memories: MemoryOperations,
  isolation: (typeof LEVELS)[number],
): Promise<readonly [OpenTransaction, OpenTransaction]> {
  return [
    await memories.beginTransaction({ isolation }),
    await memories.beginTransaction({ isolation }),
  ];
}

describe.each(SNAPSHOT_LEVELS)('links and the snapshot at %s', (isolation) => {
  it('later links of others are not seen', async () => {
    const memories = await withMemories('a', 'b', 'c');
    await memories.link(linking('a', 'relates', 'b'));
    const open = await memories.beginTransaction({ isolation });
    await memories.link(linking('a', 'relates', 'c'));
    await memories.unlink(linking('a', 'relates', 'b'));
    expect(await linksOf(open.memories, 'a')).toEqual(['relates MUTUAL b']);
    await open.rollback();
  });

  it('the first of two that change the same link wins', async () => {
    const memories = await withMemories('a', 'b');
    await memories.link(linking('a', 'relates', 'b'));
    const [one, two] = await beginBoth(memories, isolation);
    await one.memories.unlink(linking('a', 'relates', 'b'));
    await two.memories.link(linking('a', 'relates', 'b'));
    await one.commit();
    await expect(two.commit()).rejects.toThrow(TransactionConflictError);
    expect(await linksOf(memories, 'a')).toEqual([]);
  });

  it('of two equal stores that look for duplicates only one commits as it was answered', async () => {
    const memories = shared.memories();
    const [one, two] = await beginBoth(memories, isolation);
    for (const [open, name] of [
      [one, 'a'],
      [two, 'b'],
    ] as const) {
      const { created } = await open.memories.store({
        key: name,
        value: TEXT,
        onDuplicate: 'return_existing',
      });
      expect(created).toBe(true);
    }
    await one.commit();
    await expect(two.commit()).rejects.toThrow(TransactionConflictError);
    expect((await memories.list({})).total).toBe(1);
  });
});

describe('links at SERIALIZABLE', () => {
  it.each(['link', 'unlink'] as const)('a phantom %s is a conflict', async (change) => {
    const memories = await withMemories('a', 'b', 'c');
    await memories.link(linking('a', 'relates', 'b'));
    const open = await memories.beginTransaction({ isolation: 'SERIALIZABLE' });
    expect(await open.memories.related({ to: key('a') })).toHaveLength(1);
    await open.memories.store({ key: 'seen', value: 1 });
    if (change === 'link') await memories.link(linking('c', 'supersedes', 'a'));
    else await memories.unlink(linking('b', 'relates', 'a'));
    await expect(open.commit()).rejects.toThrow(TransactionConflictError);
  });

  it('links of other memories and what the question left out are none', async () => {
    const memories = await withMemories('a', 'b', 'c');
    const open = await memories.beginTransaction({ isolation: 'SERIALIZABLE' });
    await open.memories.related({ to: key('a'), kinds: ['supersedes'] });
    await open.memories.store({ key: 'seen', value: 1 });
    await memories.link(linking('b', 'relates', 'c'));
    await memories.link(linking('a', 'relates', 'c'));
    await open.commit();
    expect(await memories.get(key('seen'))).not.toBeNull();
  });

  it('of two that each read no link and add one, one is refused', async () => {
    const memories = await withMemories('a', 'b', 'c');
    const [one, two] = await beginBoth(memories, 'SERIALIZABLE');
    for (const [open, other] of [
      [one, 'b'],
      [two, 'c'],
    ] as const) {
      expect(await open.memories.related({ to: key('a') })).toEqual([]);
      await open.memories.link(linking(other, 'derived_from', 'a'));
    }
    const ends = await Promise.allSettled([one.commit(), two.commit()]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await memories.related({ to: key('a') })).toHaveLength(1);
  });
});
