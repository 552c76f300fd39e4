import { describe, expect, it } from 'vitest';
import {
  IdempotencyMismatchError,
  NotFoundError,
  ValidationError,
  VersionConflictError,
} from '../../src/engine/index.ts';
import { shareTestEngine } from '../support/open-test-engine.ts';

const shared = shareTestEngine();

describe('writes', () => {
  it('creates, replaces and counts versions', async () => {
    const memories = shared.memories();
    const first = await memories.store({ key: 'k', value: 1 });
    const second = await memories.store({ key: 'k', value: 2 });
    expect([first.created, second.created]).toEqual([true, false]);
    expect([first.memory.version, second.memory.version]).toEqual([1, 2]);
    expect(second.memory.id).toBe(first.memory.id);
    expect(second.cursor).not.toBe(first.cursor);
  });

  it('compares and sets', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'k', value: 1, ifVersion: 0 });
    await expect(memories.store({ key: 'k', value: 2, ifVersion: 0 })).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
      expected: 0,
      actual: 1,
    });
    await memories.store({ key: 'k', value: 2, ifVersion: 1 });
    await expect(memories.delete({ by: { key: 'k' }, ifVersion: 1 })).rejects.toBeInstanceOf(
      VersionConflictError,
    );
    expect((await memories.get({ key: 'k' }))?.value).toBe(2);
  });

  it('updates, increments and appends', async () => {
    const memories = shared.memories();
    const { memory } = await memories.store({
      key: 'k',
      value: { n: 1, list: [], old: true },
      metadata: { a: 1 },
    });
    const by = { id: memory.id };
    await memories.update({
      by,
      valuePatch: { old: null, note: 'x' },
      metadataPatch: { b: 2 },
      tags: ['t'],
      importance: 0.9,
    });
    await memories.increment({ by, path: 'n', amount: 4 });
    const { memory: after } = await memories.append({
      by: { key: 'k' },
      path: 'list',
      items: ['a', 'b'],
    });
    expect(after.value).toEqual({ n: 5, list: ['a', 'b'], note: 'x' });
    expect(after).toMatchObject({
      metadata: { a: 1, b: 2 },
      tags: ['t'],
      importance: 0.9,
      version: 4,
    });
  });

  it('deletes and says what it was', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'k', value: 'gone' });
    expect((await memories.delete({ by: { key: 'k' } })).deleted.value).toBe('gone');
    expect(await memories.get({ key: 'k' })).toBeNull();
    await expect(memories.delete({ by: { key: 'k' } })).rejects.toBeInstanceOf(NotFoundError);
    await expect(memories.update({ by: { key: 'k' }, value: 1 })).rejects.toBeInstanceOf(
      NotFoundError,
    );
  });

  it('stores nothing when anything is wrong with the input', async () => {
    const memories = shared.memories();
    await expect(memories.store({ key: 'k', value: Number.NaN })).rejects.toBeInstanceOf(
      ValidationError,
    );
    await expect(memories.store({ key: 'k', value: 1 }, { timeoutMs: -1 })).rejects.toBeInstanceOf(
      ValidationError,
    );
    await expect(
      memories.store({ key: 'k', value: 1 }, { idempotencyKey: '' }),
    ).rejects.toBeInstanceOf(ValidationError);
    expect((await memories.status()).totalMemories).toBe(0);
  });

  it('keeps namespaces apart', async () => {
    const engine = shared.engine();
    const [a, b] = [engine.namespace('a'), engine.namespace('b')];
    const { memory } = await a.store({ key: 'secret', value: 'of a', persona: 'p' });
    const by = { id: memory.id };
    expect(await b.get({ key: 'secret' })).toBeNull();
    expect(await b.get(by)).toBeNull();
    expect((await b.list({})).total).toBe(0);
    expect((await b.recall({ query: 'secret' })).hits).toEqual([]);
    expect(await b.personas(null)).toEqual([]);
    await expect(b.update({ by, value: 1 })).rejects.toBeInstanceOf(NotFoundError);
    await expect(b.delete({ by })).rejects.toBeInstanceOf(NotFoundError);
    expect((await a.get(by))?.value).toBe('of a');
    expect(() => engine.namespace('')).toThrow(ValidationError);
    expect(() => engine.namespace('a\0b')).toThrow(ValidationError);
  });
});

describe('idempotency', () => {
  it('replays the stored answer and refuses another body', async () => {
    const memories = shared.memories();
    const options = { idempotencyKey: 'once' };
    const first = await memories.store(
      { key: 'k', value: { a: 1, b: 2 }, ttlSeconds: 60 },
      options,
    );
    await memories.store({ key: 'k', value: 'newer' });
    const again = await memories.store(
      { key: 'k', value: { b: 2, a: 1 }, ttlSeconds: 60 },
      options,
    );
    expect(again).toMatchObject({ replayed: true, created: true, cursor: first.cursor });
    expect(again.memory.value).toEqual({ a: 1, b: 2 });
    expect((await memories.get({ key: 'k' }))?.value).toBe('newer');
    await expect(memories.store({ key: 'k', value: 3 }, options)).rejects.toBeInstanceOf(
      IdempotencyMismatchError,
    );
    await expect(
      memories.store({ key: 'k', value: { a: 1, b: 2 } }, options),
    ).rejects.toBeInstanceOf(IdempotencyMismatchError);
  });

  it('writes once when the same request is sent many times at once', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'n', value: 0 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        memories.increment({ by: { key: 'n' } }, { idempotencyKey: 'one' }),
      ),
    );
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(answers.map(({ memory }) => memory.value))).toEqual(new Set([1]));
    expect((await memories.get({ key: 'n' }))?.value).toBe(1);
  });

  it('replays results although their keys hold the time', async () => {
    const memories = shared.memories();
    const input = { persona: 'athena', task: 't', result: 1 };
    const first = await memories.storeResult(input, { idempotencyKey: 'r' });
    const again = await memories.storeResult(input, { idempotencyKey: 'r' });
    expect(again.replayed).toBe(true);
    expect(again.episode.key).toBe(first.episode.key);
    await expect(
      memories.storeResult({ ...input, result: 2 }, { idempotencyKey: 'r' }),
    ).rejects.toBeInstanceOf(IdempotencyMismatchError);
  });
});
