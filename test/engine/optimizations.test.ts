import { describe, expect, it } from 'vitest';
import {
  type MemoryOperations,
  type OptimizationReport,
  ValidationError,
} from '../../src/engine/index.ts';
import { openTestEngine, shareTestEngine } from '../support/open-test-engine.ts';

const shared = shareTestEngine();
const DAY_MS = 86_400_000;

/** Stores memories as if they were last accessed 40 days ago, one of them yesterday. */
async function fillWithOld(memories: MemoryOperations): Promise<void> {
  const history = (days: number) => {
    const at = Date.now() - days * DAY_MS;
    return { createdAt: at, updatedAt: at, accessedAt: at, accessCount: 0 };
  };
  const item = (key: string, importance: number, days = 40) => ({
    fields: { key, value: 'old words', importance },
    history: history(days),
  });
  const results = await memories.importRecords([
    item('working_old', 0.4),
    item('cache_old', 0.1),
    item('working_important', 0.5),
    item('fact_old', 0.1),
    item('working_recent', 0.1, 1),
  ]);
  expect(results.every((result) => result === 'imported')).toBe(true);
}

async function keysOf(memories: MemoryOperations): Promise<readonly string[]> {
  return (await memories.list({})).items.map(({ memory }) => memory.key).toSorted();
}

async function run(
  memories: MemoryOperations,
  action: { readonly type: string },
): Promise<OptimizationReport> {
  const [report] = await memories.applyOptimizations({ actions: [action] });
  if (report === undefined) throw new Error('a report was expected');
  return report;
}

describe('cleanup', () => {
  it('says what it would delete, and why, and then deletes just that', async () => {
    const memories = shared.memories();
    await fillWithOld(memories);
    const plan = { type: 'cleanup', threshold_days: 30 };
    const dry = await run(memories, { ...plan, dryRun: true } as { type: string });
    expect(dry.changed).toBe(false);
    expect(
      (dry.details['memories'] as { key: string; reason: string }[])
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(['cache_old', 'working_old']);
    expect(JSON.stringify(dry.details)).toMatch(/importance 0\.4/);
    expect(await keysOf(memories)).toHaveLength(5);

    const done = await run(memories, plan);
    expect(done).toMatchObject({ changed: true, details: { deleted: 2, kept: 0 } });
    expect(await keysOf(memories)).toEqual(['fact_old', 'working_important', 'working_recent']);
    expect(await run(memories, plan)).toMatchObject({ changed: false, details: { deleted: 0 } });
  });

  it('spares what was recalled a moment ago', async () => {
    const memories = shared.memories();
    await fillWithOld(memories);
    await memories.recall({ query: 'words', where: { key: 'working_old' } });
    await run(memories, { type: 'cleanup' });
    expect(await keysOf(memories)).toContain('working_old');
    expect(await keysOf(memories)).not.toContain('cache_old');
  });

  it('goes on until nothing is left, and tells the change feed', async () => {
    const memories = shared.memories();
    const at = Date.now() - 60 * DAY_MS;
    const history = { createdAt: at, updatedAt: at, accessedAt: at, accessCount: 0 };
    const items = Array.from({ length: 1_200 }, (_, index) => ({
      fields: { key: `cache_${index}`, value: index, importance: 0 },
      history,
    }));
    await memories.importRecords(items);
    const { headCursor } = await memories.status();
    expect(await run(memories, { type: 'cleanup' })).toMatchObject({ details: { deleted: 1_200 } });
    expect((await memories.list({})).total).toBe(0);
    const page = await memories.changes({ after: headCursor, first: 500 });
    expect('changes' in page && page.changes.every(({ kind }) => kind === 'deleted')).toBe(true);
  });
});

describe('other optimizations', () => {
  it('resize the cache', async () => {
    const engine = await openTestEngine({ memory: { cache_size: 10 } });
    const memories = engine.namespace('default');
    expect(await run(memories, { type: 'cache_expansion' })).toMatchObject({
      changed: true,
      details: { before: 10, after: 20 },
    });
    expect((await engine.statistics()).caches[0]?.maxSize).toBe(20);
    const plan = { actions: [{ type: 'cache_expansion', cache_size: 7 }] };
    expect(await memories.applyOptimizations(plan)).toMatchObject([
      { details: { before: 20, after: 7 } },
    ]);
  });

  it('drop cached answers that no read can use', async () => {
    const engine = await openTestEngine();
    const memories = engine.namespace('default');
    await memories.recall({ query: 'x' });
    await memories.store({ key: 'k', value: 'x' });
    const before = (await engine.statistics()).caches[0]?.size;
    expect(before).toBe(1);
    expect(await run(memories, { type: 'cache_optimization' })).toMatchObject({
      changed: true,
      details: { dropped: 1 },
    });
    expect((await engine.statistics()).caches[0]?.size).toBe(0);
  });

  it('optimise indexes', async () => {
    const report = await run(shared.memories(), { type: 'index_optimization' });
    expect(report.details['steps']).not.toEqual([]);
  });

  it('grow and shrink the reader pool, which keeps serving', async () => {
    const engine = await openTestEngine({ memory: { max_connections: 4 } });
    const memories = engine.namespace('default');
    await memories.store({ key: 'k', value: 1 });
    const tune = (connections: number) =>
      memories.applyOptimizations({ actions: [{ type: 'connection_pool_tuning', connections }] });
    expect(await tune(3)).toMatchObject([{ changed: true, details: { after: 3 } }]);
    expect((await memories.list({})).total).toBe(1);
    expect(await tune(1)).toMatchObject([{ changed: true, details: { before: 3, after: 1 } }]);
    expect((await memories.list({})).total).toBe(1);
    expect(await tune(64)).toMatchObject([{ details: { after: 4 } }]);
  });

  it('say when there is no pool to tune', async () => {
    const engine = await openTestEngine({ memory: { backend: 'sqlite_sync' } });
    expect(
      await run(engine.namespace('default'), { type: 'connection_pool_tuning' }),
    ).toMatchObject({ changed: false });
  });
});

describe('plans', () => {
  it.each<[string, unknown, string]>([
    ['no actions', {}, 'actions'],
    ['actions that are no list', { actions: 'cleanup' }, 'actions'],
    [
      'an unknown type',
      { actions: [{ type: 'cache_expansion' }, { type: 'magic' }] },
      'actions.1.type',
    ],
    ['an action that is no object', { actions: ['cleanup'] }, 'actions.0.type'],
    [
      'negative days',
      { actions: [{ type: 'cleanup', threshold_days: -1 }] },
      'actions.0.threshold_days',
    ],
    [
      'NaN days',
      { actions: [{ type: 'cleanup', threshold_days: Number.NaN }] },
      'actions.0.threshold_days',
    ],
    ['dryRun as text', { actions: [{ type: 'cleanup', dryRun: 'no' }] }, 'actions.0.dryRun'],
    [
      'no connections',
      { actions: [{ type: 'connection_pool_tuning', connections: 0 }] },
      'actions.0.connections',
    ],
    [
      'cache of half an entry',
      { actions: [{ type: 'cache_expansion', cache_size: 0.5 }] },
      'actions.0.cache_size',
    ],
  ])('with %s are refused before anything runs', async (_name, plan, path) => {
    const memories = shared.memories();
    const before = (await memories.statistics()).caches[0]?.maxSize;
    const error = await memories
      .applyOptimizations(plan as { actions: [] })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ValidationError);
    expect((error as ValidationError).issues.map((issue) => issue.path.join('.'))).toContain(path);
    expect((await memories.statistics()).caches[0]?.maxSize).toBe(before);
  });
});
