import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqlite } from '../../../src/engine/backends/open-sqlite.ts';
import type { SqliteBackend } from '../../../src/engine/backends/sqlite.ts';
import { SnapshotTooOldError } from '../../../src/engine/errors.ts';
import { parseEngineConfig } from '../../../src/engine/options.ts';
import type { Transaction } from '../../../src/engine/transaction/transaction.ts';
import { TransactionManager } from '../../../src/engine/transaction/transaction-manager.ts';
import { MemorySpace, storing, unitOf } from '../../support/memory-space.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';
import { randomFrom } from '../../support/random.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

interface Crashable {
  readonly backend: SqliteBackend;
  readonly manager: TransactionManager;
  readonly space: MemorySpace;
}

async function openCrashable(maxConnections = 1): Promise<Crashable> {
  const memory = { sqlite_path: await makeTestPath(), max_connections: maxConnections };
  const backend = await openSqlite(parseEngineConfig({ memory }));
  onTestFinished(() => backend.close());
  const manager = new TransactionManager(backend, 60_000);
  return { backend, manager, space: new MemorySpace(backend, 'main') };
}

async function readIn(transaction: Transaction, key: string): Promise<unknown> {
  const args = { namespace: 'main', targets: [{ key }], now: Date.now() };
  return transaction.read({ kind: 'getMany', args }, Date.now() + 60_000);
}

describe('the death of a reader thread', () => {
  it.each(['REPEATABLE_READ', 'SERIALIZABLE'] as const)(
    'at %s ends the transactions whose snapshots it held, and running again works',
    async (isolation) => {
      const { backend, manager, space } = await openCrashable();
      await space.store('a', 1);
      let runs = 0;
      const { retries } = await manager.run('main', { isolation }, async (transaction) => {
        runs += 1;
        await readIn(transaction, 'a');
        await transaction.write(unitOf('main', [storing('b', runs)]));
        if (runs === 1) {
          await backend.crash('reader');
          await expect(readIn(transaction, 'a')).rejects.toBeInstanceOf(SnapshotTooOldError);
        }
        await readIn(transaction, 'a');
      });
      expect(retries).toBe(1);
      expect(await space.valueText('b')).toBe('2');
      expect((await backend.statistics()).snapshots.open).toBe(0);
    },
  );

  it('is not noticed at READ_COMMITTED, which has no snapshot to lose', async () => {
    const { backend, manager, space } = await openCrashable();
    await space.store('a', 1);
    const transaction = await manager.begin('main');
    await transaction.write(unitOf('main', [storing('b', 1)]));
    await backend.crash('reader');
    expect(await readIn(transaction, 'a')).toMatchObject([{ key: 'a' }]);
    await backend.crash('reader');
    await transaction.write(unitOf('main', [storing('c', 1)]));
    expect(await readIn(transaction, 'b')).toMatchObject([{ key: 'b' }]);
    await manager.commit(transaction);
    expect([await space.valueText('b'), await space.valueText('c')]).toEqual(['1', '1']);
  });

  it('before the commit of a snapshot is an error, never half a commit', async () => {
    const { backend, manager, space } = await openCrashable();
    const transaction = await manager.begin('main', { isolation: 'SERIALIZABLE' });
    await transaction.write(unitOf('main', [storing('a', 1)]));
    await backend.crash('reader');
    await expect(manager.commit(transaction)).rejects.toBeInstanceOf(SnapshotTooOldError);
    expect(transaction.state).toBe('failed');
    expect(await space.get('a')).toBeNull();
  });
});

describe('a reader that leaves because the pool shrinks', () => {
  it('ends the transactions whose snapshots it held, and running again works', async () => {
    const { backend, manager, space } = await openCrashable(3);
    await backend.resize(3);
    await space.store('a', 1);
    const open = await Promise.all(
      [1, 2, 3].map(() => manager.begin('main', { isolation: 'SERIALIZABLE' })),
    );
    await backend.resize(1);
    const reads = await Promise.allSettled(open.map((transaction) => readIn(transaction, 'a')));
    const refused = reads.filter((read) => read.status === 'rejected');
    expect(refused).toHaveLength(2);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(SnapshotTooOldError);
    for (const transaction of open) await manager.rollback(transaction);
    expect((await backend.statistics()).snapshots.open).toBe(0);
    const { value } = await manager.run('main', { isolation: 'SERIALIZABLE' }, (transaction) =>
      readIn(transaction, 'a'),
    );
    expect(value).toMatchObject([{ key: 'a' }]);
  });
});

describe('the death of the writer thread', () => {
  it(`during commits leaves each transaction done once or not at all, as it was told (seed ${SEED})`, async () => {
    const { backend, manager, space } = await openCrashable();
    await space.store('counter', 0);
    const random = randomFrom(SEED);
    let committed = 0;
    let crashes = 0;
    const increment = { kind: 'increment', target: { key: 'counter' }, path: [], by: 1 } as const;
    const client = async (name: number): Promise<void> => {
      for (let turn = 0; turn < 25; turn += 1) {
        const transaction = await manager.begin('main');
        await transaction.write(unitOf('main', [storing(`${name}-${turn}`, turn), increment]));
        const commit = manager.commit(transaction);
        if (random(12) === 0) {
          crashes += 1;
          await backend.crash('writer');
        }
        const { outcomes } = await commit;
        expect(outcomes.map(({ kind }) => kind)).toEqual(['created', 'updated']);
        committed += 1;
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, name) => client(name)));
    expect(crashes).toBeGreaterThan(2);
    expect(committed).toBe(200);
    expect(await space.valueText('counter')).toBe('200');
  });

  it('does not give ids away that open transactions hold', async () => {
    const { backend, manager, space } = await openCrashable();
    const transaction = await manager.begin('main');
    await transaction.write(unitOf('main', [storing('inside', 1)]));
    await backend.crash('writer');
    const outside = await space.store('outside', 1);
    const { outcomes } = await manager.commit(transaction);
    expect(outcomes[0]).toMatchObject({ kind: 'created' });
    expect(outcomes[0]?.record?.id).not.toBe(outside.id);
    expect(await space.valueText('inside')).toBe('1');
  });
});
