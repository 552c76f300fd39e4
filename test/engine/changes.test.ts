import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBackend } from '../../src/engine/backends/open-backend.ts';
import { encodeChangeCursor } from '../../src/engine/change-cursor.ts';
import {
  type ChangeEvent,
  type ChangePage,
  type MemoryOperations,
  type ResumeExpired,
  ValidationError,
} from '../../src/engine/index.ts';
import { makeTestFolder, openTestEngine, shareTestEngine } from '../support/open-test-engine.ts';

const shared = shareTestEngine();

function pageOf(answer: ChangePage | ResumeExpired | undefined): ChangePage {
  if (answer === undefined || 'expired' in answer)
    throw new Error(`a page was expected, not ${JSON.stringify(answer)}`);
  return answer;
}

/** Pulls until `count` changes arrived. */
async function take(
  stream: AsyncIterator<ChangePage | ResumeExpired>,
  count: number,
): Promise<ChangeEvent[]> {
  const changes: ChangeEvent[] = [];
  while (changes.length < count) {
    const { done, value } = await stream.next();
    if (done === true) break;
    changes.push(...pageOf(value).changes);
  }
  return changes;
}

function watch(memories: MemoryOperations, input: Parameters<MemoryOperations['watchChanges']>[0]) {
  return memories.watchChanges(input)[Symbol.asyncIterator]();
}

describe('change pages', () => {
  it('tell every change in order, from a cursor on', async () => {
    const memories = shared.memories();
    const { cursor } = await memories.store({ key: 'a', value: 1 });
    await memories.store({ key: 'b', value: 2 });
    await memories.store({ key: 'b', value: 3 });
    await memories.delete({ by: { key: 'a' } });
    const page = pageOf(await memories.changes({ after: cursor }));
    expect(page.changes.map(({ kind, memory }) => [kind, memory.key, memory.value])).toEqual([
      ['created', 'b', 2],
      ['updated', 'b', 3],
      ['deleted', 'a', 1],
    ]);
    expect(page.hasMore).toBe(false);
    const first = pageOf(await memories.changes({ after: cursor, first: 1 }));
    expect(first).toMatchObject({ hasMore: true, endCursor: first.changes[0]?.cursor });
    const rest = pageOf(await memories.changes({ after: first.endCursor }));
    expect(rest.changes.map((change) => change.cursor)).toEqual(
      page.changes.slice(1).map((change) => change.cursor),
    );
  });

  it('start from now without a cursor', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'a', value: 1 });
    const page = pageOf(await memories.changes({}));
    expect(page.changes).toEqual([]);
    await memories.store({ key: 'b', value: 1 });
    expect(pageOf(await memories.changes({ after: page.endCursor })).changes).toHaveLength(1);
  });

  it('refuse cursors of another history and cursors beyond the head', async () => {
    const memories = shared.memories();
    const { cursor } = await memories.store({ key: 'a', value: 1 });
    const { headCursor } = await memories.status();
    const [epoch, seq] = Buffer.from(cursor, 'base64url').toString().split(':');
    for (const after of [
      encodeChangeCursor({ epoch: 'other', seq: 1 }),
      encodeChangeCursor({ epoch: epoch ?? '', seq: Number(seq) + 1_000 }),
    ]) {
      expect(await memories.changes({ after })).toMatchObject({ expired: true, headCursor });
    }
    await expect(memories.changes({ after: 'nonsense' })).rejects.toBeInstanceOf(ValidationError);
    await expect(memories.changes({ first: 0 })).rejects.toBeInstanceOf(ValidationError);
    await expect(memories.changes({ where: { colour: 1 } })).rejects.toBeInstanceOf(
      ValidationError,
    );
  });
});

describe('watching changes', () => {
  it('starts at the call, not at the first pull', async () => {
    const memories = shared.memories();
    const stream = watch(memories, {});
    await memories.store({ key: 'a', value: 1 });
    expect((await take(stream, 1))[0]?.memory.key).toBe('a');
    await stream.return?.();
  });

  it('gives each change once and in order while writers run, whatever the batch size', async () => {
    const memories = shared.memories();
    const stream = watch(memories, { batchSize: 3 });
    const writes = Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        memories.store({ key: `k${index % 10}`, value: index }),
      ),
    );
    const changes = await take(stream, 100);
    await writes;
    await stream.return?.();
    expect(new Set(changes.map(({ cursor }) => cursor)).size).toBe(100);
    const versions = new Map<string, number>();
    for (const { memory } of changes) {
      expect(memory.version).toBe((versions.get(memory.key) ?? 0) + 1);
      versions.set(memory.key, memory.version);
    }
  });

  it('filters, and tells nothing of other namespaces', async () => {
    const memories = shared.memories();
    const other = shared.memories();
    const stream = watch(memories, { where: { persona: 'athena' } });
    await other.store({ key: 'x', value: 1, persona: 'athena' });
    await memories.store({ key: 'a', value: 1 });
    await memories.store({ key: 'b', value: 1, persona: 'athena' });
    expect((await take(stream, 1)).map(({ memory }) => memory.key)).toEqual(['b']);
    await stream.return?.();
  });

  it('reads a commit once for all who watch, and tells each what its own filter leaves', async () => {
    // An engine of its own, since its reads are counted.
    const memories = (await openTestEngine()).namespace('default');
    const streams = Array.from({ length: 60 }, (_, index) => ({
      persona: `p${index % 6}`,
      stream: watch(memories, { where: { persona: `p${index % 6}` }, batchSize: 7 }),
    }));
    const waiting = streams.map(({ stream }) => take(stream, 5));
    const reads = async () => {
      const { statements } = (await memories.statistics()).backend;
      return statements.find(({ name }) => name === 'changes')?.count ?? 0;
    };
    // All of them have read up to now and wait.
    await expect.poll(reads).toBeGreaterThan(0);
    const before = await reads();
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        memories.store({ key: `k${index}`, value: index, persona: `p${index % 6}` }),
      ),
    );
    const told = await Promise.all(waiting);
    for (const [index, changes] of told.entries()) {
      expect(changes.map(({ memory }) => memory.persona)).toEqual(
        Array<string>(5).fill(streams[index]?.persona ?? ''),
      );
      expect(new Set(changes.map(({ cursor }) => cursor)).size).toBe(5);
    }
    // Each alone would have read 30 changes in pages of 7.
    expect((await reads()) - before).toBeLessThan(streams.length);
    await Promise.all(streams.map(({ stream }) => stream.return?.()));
  });

  it('ends when the signal aborts and when the consumer returns, even while it waits', async () => {
    const memories = shared.memories();
    const controller = new AbortController();
    const aborted = watch(memories, { signal: controller.signal });
    const returned = watch(memories, {});
    const waiting = [aborted.next(), returned.next()];
    controller.abort();
    await returned.return?.();
    expect(await Promise.all(waiting)).toMatchObject([{ done: true }, { done: true }]);
  });

  it('ends with ResumeExpired when the cursor cannot be continued', async () => {
    const memories = shared.memories();
    const stream = watch(memories, { after: encodeChangeCursor({ epoch: 'other', seq: 5 }) });
    expect((await stream.next()).value).toMatchObject({ expired: true });
    expect((await stream.next()).done).toBe(true);
  });

  it('refuses bad input at the first pull', async () => {
    await expect(watch(shared.memories(), { after: 'nonsense' }).next()).rejects.toBeInstanceOf(
      ValidationError,
    );
    await expect(watch(shared.memories(), { batchSize: 501 }).next()).rejects.toBeInstanceOf(
      ValidationError,
    );
  });

  it('ends when the engine closes and resumes after a restart', async () => {
    const memory = { sqlite_path: join(await makeTestFolder(), 'test.db') };
    const first = await openTestEngine({ memory });
    const memories = first.namespace('default');
    const stream = watch(memories, {});
    const { cursor } = await memories.store({ key: 'a', value: 1 });
    expect(await take(stream, 1)).toHaveLength(1);
    const waiting = stream.next();
    await memories.store({ key: 'b', value: 2 });
    await first.close();
    await waiting;
    expect((await stream.next()).done).toBe(true);

    const second = await openTestEngine({ memory });
    const resumed = watch(second.namespace('default'), { after: cursor });
    await second.namespace('default').store({ key: 'c', value: 3 });
    expect((await take(resumed, 2)).map((change) => change.memory.key)).toEqual(['b', 'c']);
  });
});

describe('a trimmed log', () => {
  it('expires cursors before its start', async () => {
    const memory = { sqlite_path: join(await makeTestFolder(), 'test.db') };
    const first = await openTestEngine({ memory });
    const { cursor } = await first.namespace('default').store({ key: 'a', value: 0 });
    for (let count = 1; count <= 5; count += 1)
      await first.namespace('default').store({ key: 'a', value: count });
    await first.close();

    const backend = await openBackend(first.options);
    await backend.prune({ changesBefore: Date.now() + 1_000, keepChanges: 2, now: Date.now() });
    await backend.close();

    const memories = (await openTestEngine({ memory })).namespace('default');
    const expired = await memories.changes({ after: cursor });
    expect(expired).toMatchObject({ expired: true });
    const { oldestCursor } = expired as ResumeExpired;
    expect(pageOf(await memories.changes({ after: oldestCursor })).changes).toHaveLength(2);
  });
});
