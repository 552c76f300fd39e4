import { describe, expect, it } from 'vitest';
import { encodeChangeCursor } from '../../../src/engine/change-cursor.ts';
import { TransactionStateError, ValidationError } from '../../../src/engine/index.ts';
import type { BackendKind } from '../../support/open-test-backend.ts';
import { shareTestEngine } from '../../support/open-test-engine.ts';

/** Waits until the clock has moved, so that two writes have different times. */
async function nextMillisecond(): Promise<Date> {
  const start = Date.now();
  while (Date.now() === start) await new Promise((resolve) => setImmediate(resolve));
  return new Date();
}

describe.each<BackendKind>(['sqlite', 'sqlite_sync'])('asOf on %s', (backend) => {
  const { memories: open } = shareTestEngine({ memory: { backend } });

  it('takes a Date, Unix ms, an ISO time and a cursor', async () => {
    const memories = open();
    const { cursor } = await memories.store({ key: 'ключ', value: 1 });
    const between = await nextMillisecond();
    await nextMillisecond();
    await memories.store({ key: 'ключ', value: 2 });
    for (const asOf of [between, between.getTime(), between.toISOString(), cursor]) {
      const options = { asOf };
      expect((await memories.get({ key: 'ключ' }, options))?.value).toBe(1);
      const [found, missing] = await memories.getMany([{ key: 'ключ' }, { key: 'x' }], options);
      expect([found?.version, missing]).toEqual([1, null]);
      expect((await memories.list({ asOf })).items.map(({ memory }) => memory.value)).toEqual([1]);
    }
    expect((await memories.get({ key: 'ключ' }, { asOf: new Date() }))?.value).toBe(2);
    expect((await memories.get({ key: 'ключ' }, { asOf: null }))?.value).toBe(2);
  });

  it('shows what was there: before, through a deletion, and in the next life of the key', async () => {
    const memories = open();
    const first = await memories.store({ key: 'k', value: 'first' });
    const gone = await memories.delete({ by: { key: 'k' } });
    const second = await memories.store({ key: 'k', value: 'second' });
    const at = async (cursor: string, by = {}) =>
      (await memories.get({ key: 'k', ...by }, { asOf: cursor }))?.value;
    expect(await at(first.cursor)).toBe('first');
    expect(await at(gone.cursor)).toBeUndefined();
    expect(await at(second.cursor)).toBe('second');
    const { id } = first.memory;
    expect((await memories.get({ id }, { asOf: first.cursor }))?.value).toBe('first');
    expect(await memories.get({ id }, { asOf: second.cursor })).toBeNull();
    expect(await memories.get({ id: second.memory.id }, { asOf: first.cursor })).toBeNull();
  });

  it('never shows half of a commit, whichever of its cursors is given', async () => {
    const memories = open();
    const { results } = await memories.storeMany([
      { key: 'a', value: 1 },
      { key: 'b', value: 1 },
      { key: 'c', value: 1 },
    ]);
    await memories.delete({ by: { key: 'b' } });
    for (const result of results) {
      if (result instanceof Error) throw result;
      expect((await memories.list({ asOf: result.cursor })).total).toBe(3);
    }
  });

  it('judges expiry at the moment asked for', async () => {
    const memories = open();
    const { cursor } = await memories.store({ key: 'short', value: 1, ttlSeconds: 0.05 });
    const alive = new Date();
    while ((await memories.get({ key: 'short' })) !== null) await nextMillisecond();
    const after = await nextMillisecond();
    expect((await memories.get({ key: 'short' }, { asOf: alive }))?.value).toBe(1);
    expect((await memories.get({ key: 'short' }, { asOf: cursor }))?.value).toBe(1);
    expect(await memories.get({ key: 'short' }, { asOf: after })).toBeNull();
    expect((await memories.list({ asOf: cursor })).total).toBe(1);
    expect((await memories.list({ asOf: after })).total).toBe(0);
  });

  it('lists with filters, orders, cursors and totals of then', async () => {
    const memories = open();
    for (let index = 0; index < 7; index += 1)
      await memories.store({ key: `k${index}`, value: index, tags: index < 5 ? ['früh'] : [] });
    const { cursor } = await memories.update({ by: { key: 'k6' }, tags: ['früh'] });
    for (let index = 0; index < 7; index += 1)
      await memories.update({ by: { key: `k${index}` }, tags: ['spät'], importance: 1 });
    await memories.delete({ by: { key: 'k0' } });
    const input = {
      where: { tags: ['früh'] },
      orderBy: [{ field: 'key', direction: 'desc' }],
      first: 4,
      asOf: cursor,
    } as const;
    const page = await memories.list(input);
    expect(page.items.map(({ memory }) => memory.key)).toEqual(['k6', 'k4', 'k3', 'k2']);
    expect(page).toMatchObject({ hasNextPage: true, hasPreviousPage: false, total: 6 });
    const next = await memories.list({ ...input, after: page.items.at(-1)?.cursor });
    expect(next.items.map(({ memory }) => memory.key)).toEqual(['k1', 'k0']);
    expect(next).toMatchObject({ hasNextPage: false, hasPreviousPage: true, total: 6 });
  });

  it('shows the access statistics that were noted with the change', async () => {
    const memories = open();
    const { cursor } = await memories.store({ key: 'k', value: 'lighthouse' });
    await memories.recall({ query: 'lighthouse' });
    await expect.poll(async () => (await memories.list({})).items[0]?.memory.accessCount).toBe(1);
    expect((await memories.get({ key: 'k' }, { asOf: cursor }))?.accessCount).toBe(0);
  });

  it('sees only its own namespace', async () => {
    const [own, other] = [open(), open()];
    const { memory, cursor } = await other.store({ key: 'k', value: 1 });
    expect(await own.getMany([{ key: 'k' }, { id: memory.id }], { asOf: cursor })).toEqual([
      null,
      null,
    ]);
    expect((await own.list({ asOf: cursor })).total).toBe(0);
  });

  it.each([
    ['the future', () => Date.now() + 60_000],
    ['nonsense', () => 'yesterday'],
    ['an impossible date', () => '2026-02-30T25:00:00Z'],
    ['a cursor of another store', () => encodeChangeCursor({ epoch: 'elsewhere', seq: 1 })],
    ['a boolean', () => true as unknown as number],
  ])('refuses %s', async (_, make) => {
    const memories = open();
    const asOf = make();
    for (const read of [
      () => memories.get({ key: 'k' }, { asOf }),
      () => memories.getMany([{ key: 'k' }], { asOf }),
      () => memories.list({ asOf }),
    ]) {
      const error = await read().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ValidationError);
      expect(error).toMatchObject({ issues: [{ path: ['asOf'] }] });
    }
  });

  it('refuses a cursor that the store never reached', async () => {
    const memories = open();
    const { cursor } = await memories.store({ key: 'k', value: 1 });
    const [epoch = ''] = Buffer.from(cursor, 'base64url').toString().split(':');
    const ahead = encodeChangeCursor({ epoch, seq: 1_000_000 });
    await expect(memories.get({ key: 'k' }, { asOf: ahead })).rejects.toThrow(ValidationError);
  });

  it('is refused inside a transaction, as history is, which leaves the transaction open', async () => {
    const memories = open();
    const { cursor } = await memories.store({ key: 'k', value: 1 });
    await memories.runTransaction(async (transaction) => {
      const inside = transaction.memories;
      for (const read of [
        () => inside.get({ key: 'k' }, { asOf: cursor }),
        () => inside.list({ asOf: cursor }),
        () => inside.history({ by: { key: 'k' } }),
      ])
        await expect(read()).rejects.toThrow(TransactionStateError);
      await inside.store({ key: 'k', value: 2 });
    });
    expect((await memories.get({ key: 'k' }))?.value).toBe(2);
  });
});
