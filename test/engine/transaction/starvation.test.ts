import { describe, expect, it } from 'vitest';
import { MemoryManager, type MemoryOperations } from '../../../src/engine/index.ts';
import { Reservations } from '../../../src/engine/transaction/reservations.ts';
import { Gate } from '../../support/gate.ts';
import { storing, unitOf } from '../../support/memory-space.ts';
import { openTestEngine } from '../../support/open-test-engine.ts';

/** So many commits are lost before a turn is taken: until then the transaction waits for a writer that disturbs it. */
const LOST_BEFORE = 4;
/** From then on it waits so long at most, less than a turn lasts: in its turn nobody disturbs it. */
const PATIENCE_MS = 120;

const FOOTPRINT = {
  namespace: 'main',
  keys: new Set(['a']),
  ids: new Set([7]),
  queries: false,
};

describe('the guard against starvation', () => {
  it('lets a long transaction commit against a stream of conflicting writers', async () => {
    const engine = await openTestEngine();
    const manager = new MemoryManager(engine);
    const memories = manager.namespace('default');
    await memories.storeMany([
      { key: 'hot', value: 0 },
      { key: 'sum', value: 0 },
    ]);
    let stop = false;
    let written = 0;
    const stream = async (): Promise<void> => {
      while (!stop) {
        await memories.increment({ by: { key: 'hot' } });
        written += 1;
      }
    };
    const streams = [stream(), stream(), stream(), stream()];
    let runs = 0;
    // It stays open until a writer has disturbed it; only in a turn of its own it waits in vain, and commits.
    await manager.transaction(
      async (tx) => {
        runs += 1;
        await tx.increment({ by: { key: 'hot' } });
        const before = written;
        const start = performance.now();
        const waits = (): boolean => runs <= LOST_BEFORE || performance.now() - start < PATIENCE_MS;
        while (written === before && waits()) await tx.get('sum');
      },
      { isolation: 'SERIALIZABLE', maxRetries: 40 },
    );
    stop = true;
    await Promise.all(streams);
    expect(runs).toBeGreaterThan(LOST_BEFORE);
    expect((await memories.get({ key: 'hot' }))?.value).toBe(written + 1);
    expect(manager.getTransactionStatistics()).toMatchObject({ committed: 1, retries: runs - 1 });
  });

  it('and without a turn the same transaction loses every time', async () => {
    const manager = new MemoryManager(await openTestEngine());
    const memories: MemoryOperations = manager.namespace('default');
    await memories.store({ key: 'hot', value: 0 });
    let runs = 0;
    const losing = manager.transaction(
      async (tx) => {
        runs += 1;
        await tx.increment({ by: { key: 'hot' } });
        await memories.increment({ by: { key: 'hot' } });
      },
      { isolation: 'SERIALIZABLE', maxRetries: 3 },
    );
    await expect(losing).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(runs).toBe(4);
  });
});

describe('Reservations', () => {
  it('hold up what touches the footprint, and nothing else', async () => {
    const reservations = new Reservations();
    const inside = new Gate();
    const leave = new Gate();
    const turn = reservations.hold(FOOTPRINT, async () => {
      inside.open();
      await leave.opened;
    });
    await inside.opened;
    const waits = (namespace: string, key: string): boolean =>
      reservations.inTheWay(unitOf(namespace, [storing(key)])) !== undefined;
    expect([waits('main', 'a'), waits('main', 'b'), waits('other', 'a')]).toEqual([
      true,
      false,
      false,
    ]);
    const byId = unitOf('main', [{ kind: 'delete', target: { id: 7 } }]);
    const held = reservations.inTheWay(byId);
    expect(held).toBeDefined();
    leave.open();
    await Promise.all([turn, held]);
    expect(waits('main', 'a')).toBe(false);
  });

  it('hold up every write of the namespace when queries were made', async () => {
    const reservations = new Reservations();
    await reservations.hold({ ...FOOTPRINT, queries: true }, async () => {
      expect(reservations.inTheWay(unitOf('main', [storing('z')]))).toBeDefined();
      expect(reservations.inTheWay(unitOf('other', [storing('z')]))).toBeUndefined();
    });
  });

  it('give one turn at a time, in the order of asking, and end when the attempt fails', async () => {
    const reservations = new Reservations();
    const order: number[] = [];
    let running = 0;
    const turn = (index: number): Promise<void> =>
      reservations.hold(FOOTPRINT, async () => {
        running += 1;
        expect(running).toBe(1);
        order.push(index);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        if (index === 1) throw new RangeError('on purpose');
      });
    const turns = await Promise.allSettled([turn(0), turn(1), turn(2)]);
    expect(turns.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(order).toEqual([0, 1, 2]);
    expect(reservations.inTheWay(unitOf('main', [storing('a')]))).toBeUndefined();
  });

  it('a turn that takes too long frees the others, and does not end the turn after it', async () => {
    const reservations = new Reservations();
    const unit = unitOf('main', [storing('a')]);
    const first = new Gate();
    const second = new Gate();
    const secondRuns = new Gate();
    const slow = reservations.hold(FOOTPRINT, () => first.opened);
    const next = reservations.hold(FOOTPRINT, async () => {
      secondRuns.open();
      await second.opened;
    });
    await new Promise((resolve) => setImmediate(resolve));
    await reservations.inTheWay(unit);
    await secondRuns.opened;
    first.open();
    await slow;
    expect(reservations.inTheWay(unit)).toBeDefined();
    second.open();
    await next;
    expect(reservations.inTheWay(unit)).toBeUndefined();
  });
});
