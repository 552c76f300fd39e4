import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CommitListener } from '../../src/engine/backends/backend.ts';
import { openSqlite } from '../../src/engine/backends/open-sqlite.ts';
import type { SqliteBackend } from '../../src/engine/backends/sqlite.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { MemorySpace, storing } from '../support/memory-space.ts';
import { makeTestPath } from '../support/open-test-backend.ts';
import { sendOnly, waitForCommit } from '../support/unread-reply.ts';

const HISTORY = { createdAt: 1, updatedAt: 1, accessedAt: 1, accessCount: 0 };

interface Watched {
  readonly backend: SqliteBackend;
  readonly space: MemorySpace;
  readonly raw: Database.Database;
  readonly heard: Parameters<CommitListener>[0][];
}

async function openWatched(): Promise<Watched> {
  const path = await makeTestPath();
  const backend = await openSqlite(parseEngineConfig({ memory: { sqlite_path: path } }));
  onTestFinished(() => backend.close());
  const space = new MemorySpace(backend, 'main');
  await space.apply(storing('same', 'x', { imported: HISTORY }));
  const raw = new Database(path);
  onTestFinished(() => void raw.close());
  const heard: Parameters<CommitListener>[0][] = [];
  backend.onCommit((commit) => heard.push(commit));
  return { backend, space, raw, heard };
}

describe('a writer thread that dies between COMMIT and its reply', () => {
  it('the writes are answered as they were committed, once, and listeners hear of them first', async () => {
    const { backend, space, raw, heard } = await openWatched();
    const order: string[] = [];
    backend.onCommit(() => order.push('listener'));
    const operations = [
      storing('same', 'x', { imported: HISTORY }),
      storing('new', 'y'),
      { kind: 'increment', target: { key: 'n' }, path: [], by: 1 } as const,
    ];
    await space.store('n', 0);
    const before = await space.changes();
    heard.splice(0);
    order.splice(0);
    const write = space.write(operations).then((outcome) => {
      order.push('caller');
      return outcome;
    });
    const failing = space.write([{ kind: 'delete', target: { key: 'missing' } }]);
    const refusal = expect(failing).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await sendOnly();
    waitForCommit(raw, 'new');
    await backend.crash('writer');
    const { csn, outcomes, replayed } = await write;
    await refusal;
    expect(replayed).toBe(false);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unchanged', 'created', 'updated']);
    const { changes } = await space.changes({ afterSeq: before.headSeq });
    expect(changes.map((change) => [change.csn, change.seq, change.record])).toEqual(
      outcomes.slice(1).map(({ seq, record }) => [csn, seq, record]),
    );
    expect(await space.valueText('n')).toBe('1');
    expect(heard).toMatchObject([{ csn, touched: [{ key: 'new' }, { key: 'n' }] }]);
    expect(order).toEqual(['listener', 'caller']);
    expect((await backend.statistics()).pools[0]?.respawns).toBe(1);
    expect((await space.apply(storing('next'))).seq).toBe(before.headSeq + 3);
  });

  it('an idempotent write is answered once and replayed from then on', async () => {
    const { backend, space, raw } = await openWatched();
    const idempotency = { key: 'i', requestHash: 'h' };
    const write = space.write([storing('k', 1)], { idempotency });
    await sendOnly();
    waitForCommit(raw, 'k');
    await backend.crash('writer');
    const { outcomes, csn, replayed } = await write;
    expect(replayed).toBe(false);
    const again = await space.write([storing('k', 1)], { idempotency });
    expect(again).toEqual({ outcomes, csn, replayed: true });
  });

  it('a caller who gave up meanwhile is told that the outcome is unknown, yet listeners hear of it', async () => {
    const { backend, space, raw, heard } = await openWatched();
    const lock = new Database(`${backend.info.path}.owner`);
    onTestFinished(() => void lock.close());
    const write = space.write([storing('k', 1)], { deadline: Date.now() + 1_000 });
    const refusal = expect(write).rejects.toMatchObject({
      code: 'TIMEOUT',
      data: { outcome: 'unknown' },
    });
    await sendOnly();
    waitForCommit(raw, 'k');
    // Another process takes the file over before the writer can come back, and keeps it past the deadline.
    const crashed = backend.crash('writer');
    await crashed;
    lock.exec('BEGIN EXCLUSIVE');
    await refusal;
    expect(heard).toEqual([]);
    lock.exec('ROLLBACK');
    expect((await space.store('next', 1)).version).toBe(1);
    expect(heard.map(({ touched }) => touched.map(({ key }) => key))).toEqual([['k'], ['next']]);
  });
});

describe('a writer thread that dies before COMMIT', () => {
  it('the writes run again and happen once', async () => {
    const { backend, space, raw } = await openWatched();
    await space.store('n', 0);
    // The writer thread waits inside of BEGIN IMMEDIATE for this lock.
    raw.exec('BEGIN IMMEDIATE');
    const writes = [
      space.apply({ kind: 'increment', target: { key: 'n' }, path: [], by: 1 }),
      space.write([storing('a', 1), storing('b', 2)]),
    ];
    await sendOnly();
    const crashed = backend.crash('writer');
    raw.exec('ROLLBACK');
    await crashed;
    await Promise.all(writes);
    expect(await space.valueText('n')).toBe('1');
    expect((await space.get('n'))?.version).toBe(2);
    expect((await space.get('b'))?.version).toBe(1);
    expect((await space.changes()).changes).toHaveLength(5);
  });
});
