import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  MemoryConnectionError,
  MemoryManagerFactory,
  MemorySystemError,
  ValidationError,
} from '../../src/engine/index.ts';
import { makeTestFolder } from '../support/open-test-engine.ts';

describe.each(['sqlite', 'sqlite_sync', 'hybrid'] as const)('memory manager on %s', (backend) => {
  it('answers the calls of v4 with the fields of v4', async () => {
    const config = { memory: { backend, sqlite_path: join(await makeTestFolder(), 'app.db') } };
    const manager = await MemoryManagerFactory.getManager(config);
    try {
      await manager.store(
        'user_123',
        { name: 'Alice' },
        { importance: 0.8, persona: 'athena', tags: ['people'] },
      );
      await manager.store('fact_alice', 'Alice likes behavior analysis');

      const [hit] = await manager.recall('Alice', { limit: 5, filters: { persona: 'athena' } });
      expect(hit).toMatchObject({
        key: 'user_123',
        value: { name: 'Alice' },
        metadata: { importance: 0.8, persona: 'athena', tags: ['people'] },
        section: 'working_memory',
        importance: 0.8,
        source: 'sqlite',
        score: expect.any(Number),
      });
      expect(await manager.recall('Alice', { semantic: false })).toHaveLength(2);

      const { episode, latest } = await manager.storeResult('athena', 'analyze user behavior', {
        ok: true,
      });
      expect(episode.key).toMatch(/^episode_athena_\d{8}_\d{6}_[0-9a-f]{8}$/);
      expect(episode).toMatchObject({
        section: 'episodic_memory',
        importance: 0.6,
        persona: 'athena',
        value: { task: 'analyze user behavior', result: { ok: true }, persona: 'athena' },
        metadata: { persona: 'athena', type: 'execution_result', importance: 0.6 },
      });
      expect(latest).toMatchObject({
        key: 'working_athena_latest',
        section: 'working_memory',
        importance: 0.7,
        value: { ok: true },
        metadata: { type: 'latest_result' },
      });

      const context = await manager.getContext('athena', 'analyze the behavior of Alice');
      expect(context.working.map(({ key }) => key)).toEqual(['user_123']);
      expect(context.semantic.map(({ key }) => key)).toEqual(['fact_alice']);
      expect(context.episodes.map(({ key }) => key)).toEqual([episode.key]);
      expect(context.degraded).toBe(false);

      const status = await manager.getStatus();
      expect(status).toMatchObject({
        totalMemories: 4,
        personas: 1,
        state: 'OK',
        namespace: 'default',
      });
      expect(status.performance_metrics.ops_per_second).toBeGreaterThan(0);
      expect(status.performance_metrics.avg_latency).toBeGreaterThan(0);
      expect(status.performance_metrics.error_rate).toBe(0);
    } finally {
      await manager.cleanup();
    }
  });

  it('keeps memories over a restart, and cleans up once', async () => {
    const config = { memory: { backend, sqlite_path: join(await makeTestFolder(), 'app.db') } };
    const first = await MemoryManagerFactory.getManager(config);
    await first.store('kept', [1, 2, 3]);
    await Promise.all([first.cleanup(), first.cleanup()]);
    await first.cleanup();
    await expect(first.get('kept')).rejects.toBeInstanceOf(MemoryConnectionError);
    const second = await MemoryManagerFactory.getManager(config);
    try {
      expect((await second.get('kept'))?.value).toEqual([1, 2, 3]);
    } finally {
      await second.cleanup();
    }
  });
});

describe('memory manager', () => {
  it('names every bad key of a configuration', async () => {
    const bad = { memory: { backend: 'paper', cache_size: -1, colour: 'red' } } as unknown as {
      memory: object;
    };
    const error = await MemoryManagerFactory.getManager(bad).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ValidationError);
    expect((error as Error).message).toMatch(/backend/);
    expect((error as Error).message).toMatch(/cache_size/);
    expect((error as Error).message).toMatch(/colour/);
  });

  it('says why a file cannot be opened', async () => {
    const folder = await makeTestFolder();
    const opening = MemoryManagerFactory.getManager({
      memory: { sqlite_path: join(folder, 'missing', 'a.db') },
    });
    await expect(opening).rejects.toBeInstanceOf(MemorySystemError);
  });

  it('gives a file one owner', async () => {
    const config = { memory: { sqlite_path: join(await makeTestFolder(), 'app.db') } };
    const owner = await MemoryManagerFactory.getManager(config);
    await expect(MemoryManagerFactory.getManager(config)).rejects.toBeInstanceOf(
      MemoryConnectionError,
    );
    await owner.store('still', 'works');
    await owner.cleanup();
  });

  it('finishes what is under way when it cleans up', async () => {
    const config = { memory: { sqlite_path: join(await makeTestFolder(), 'app.db') } };
    const manager = await MemoryManagerFactory.getManager(config);
    const writes = Array.from({ length: 500 }, (_, index) => manager.store(`k${index}`, index));
    await manager.cleanup();
    await Promise.all(writes);
    const again = await MemoryManagerFactory.getManager(config);
    expect((await again.getStatus()).totalMemories).toBe(500);
    await again.cleanup();
  });
});
