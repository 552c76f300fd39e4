import { describe, expect, it } from 'vitest';
import { SnapshotPolicy } from '../../../src/engine/backends/snapshot-policy.ts';
import { OverloadedError, SnapshotTooOldError } from '../../../src/engine/errors.ts';
import type { Reader } from '../../../src/engine/pool/reader.ts';

/** A reader that answers every call with 1, and a WAL whose length the test sets. */
function makePolicy(): {
  readonly policy: SnapshotPolicy;
  readonly reader: Reader;
  readonly wal: { bytes: number; truncatedTo: number; truncations: number };
} {
  const wal = { bytes: 0, truncatedTo: Number.POSITIVE_INFINITY, truncations: 0 };
  const policy = new SnapshotPolicy(
    { softWalBytes: 100, hardWalBytes: 200, max: 10 },
    () => wal.bytes,
    async () => {
      wal.truncations += 1;
      wal.bytes = Math.min(wal.bytes, wal.truncatedTo);
    },
  );
  const reader = { snapshots: 0, transaction: async () => 1 } as unknown as Reader;
  return { policy, reader, wal };
}

describe('past the hard limit', () => {
  it('new snapshots are refused as long as the WAL cannot be cut down', async () => {
    const { policy, reader, wal } = makePolicy();
    wal.bytes = 201;
    await expect(policy.pin(reader, 'main', 'SERIALIZABLE')).rejects.toBeInstanceOf(
      OverloadedError,
    );
    expect(reader.snapshots).toBe(0);
    wal.truncatedTo = 0;
    const snapshot = await policy.pin(reader, 'main', 'SERIALIZABLE');
    expect(() => policy.check(snapshot)).not.toThrow();
    await policy.release(snapshot);
    policy.stop();
  });

  it('all open ones are given up, and the WAL is cut down', async () => {
    const { policy, reader, wal } = makePolicy();
    const snapshots = [
      await policy.pin(reader, 'main', 'SERIALIZABLE'),
      await policy.pin(reader, 'main', 'REPEATABLE_READ'),
    ];
    expect(policy.statistics()).toMatchObject({ open: 2, max: 10 });
    await policy.enforce();
    for (const snapshot of snapshots) policy.check(snapshot);
    wal.bytes = 201;
    await policy.enforce();
    for (const snapshot of snapshots)
      expect(() => policy.check(snapshot)).toThrow(SnapshotTooOldError);
    expect(policy.statistics()).toMatchObject({ open: 0, aborted: 2, refreshed: 0 });
    expect([reader.snapshots, wal.truncations]).toEqual([0, 1]);
  });

  it('between the limits those that stay are moved on, and new ones wait until that is done', async () => {
    const { policy, reader, wal } = makePolicy();
    const first = await policy.pin(reader, 'main', 'SERIALIZABLE');
    const second = await policy.pin(reader, 'main', 'SERIALIZABLE');
    wal.bytes = 150;
    wal.truncatedTo = 50;
    const enforced = policy.enforce();
    const third = await policy.pin(reader, 'main', 'SERIALIZABLE');
    expect([wal.truncations, wal.bytes]).toEqual([1, 50]);
    await enforced;
    expect(policy.statistics()).toMatchObject({ open: 3, refreshed: 2, aborted: 0 });
    for (const snapshot of [first, second, third]) {
      policy.check(snapshot);
      await policy.release(snapshot);
    }
  });

  it('nobody is disturbed when all snapshots end in time', async () => {
    const { policy, reader, wal } = makePolicy();
    const snapshot = await policy.pin(reader, 'main', 'SERIALIZABLE');
    wal.bytes = 150;
    wal.truncatedTo = 0;
    const enforced = policy.enforce();
    await policy.release(snapshot);
    await enforced;
    expect(policy.statistics()).toMatchObject({ open: 0, refreshed: 0, aborted: 0 });
    expect(wal.truncations).toBe(1);
  });
});
