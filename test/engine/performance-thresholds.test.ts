import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type Engine,
  type EngineConfigInput,
  type HealthChange,
  MemoryManager,
  PerformanceDegradationError,
} from '../../src/engine/index.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { PerformanceWatch } from '../../src/engine/performance-watch.ts';
import { makeTestFolder, openTestEngine } from '../support/open-test-engine.ts';

/** Seconds. */
const WINDOW = 0.3;

type Thresholds = NonNullable<EngineConfigInput['performance']>;

interface Watched {
  readonly engine: Engine;
  readonly manager: MemoryManager;
  readonly changes: readonly HealthChange[];
}

async function openWatched(
  performance: Thresholds,
  memory: EngineConfigInput['memory'] = {},
): Promise<Watched> {
  const engine = await openTestEngine({ memory, performance: { window: WINDOW, ...performance } });
  const changes: HealthChange[] = [];
  engine.onHealthChange((change) => changes.push(change));
  return { engine, manager: new MemoryManager(engine), changes };
}

const reaches = (engine: Engine, state: string) =>
  expect.poll(() => engine.health().state).toBe(state);

function thrownBy(manager: MemoryManager): unknown {
  try {
    manager.assertPerformance();
    return null;
  } catch (error) {
    return error;
  }
}

describe('a configured threshold', () => {
  it('p95_ms degrades the store while operations are slow, says so everywhere, and clears', async () => {
    const { engine, manager, changes } = await openWatched({ p95_ms: 0.001 });
    expect(engine.health()).toMatchObject({
      state: 'OK',
      thresholds: [{ name: 'p95_ms', value: 0, threshold: 0.001, exceeded: false }],
    });
    expect(thrownBy(manager)).toBeNull();
    // The window is short, so that this goes on until it is noticed.
    const stateWhileBusy = async (): Promise<string> => {
      await manager.store('k', 1);
      return engine.health().state;
    };
    await expect.poll(stateWhileBusy).toBe('DEGRADED');
    expect(engine.health().checks.at(-1)).toMatchObject({
      name: 'performance.p95_ms',
      state: 'DEGRADED',
      message: expect.stringMatching(/latency in ms is [\d.]+; performance.p95_ms is 0.001$/),
    });
    const error = thrownBy(manager);
    expect(error).toBeInstanceOf(PerformanceDegradationError);
    expect(error).toMatchObject({
      code: 'PERFORMANCE_DEGRADED',
      retryable: true,
      data: { figures: [{ name: 'p95_ms', threshold: 0.001, exceeded: true }] },
      remedy: expect.any(String),
    });
    expect(await manager.getStatus()).toMatchObject({ thresholds: [{ name: 'p95_ms' }] });
    await reaches(engine, 'OK');
    expect(thrownBy(manager)).toBeNull();
    expect(changes.filter(({ name }) => name === 'performance.p95_ms')[0]).toMatchObject({
      from: 'OK',
      to: 'DEGRADED',
      state: 'DEGRADED',
      message: expect.stringContaining('p95_ms'),
    });
    await expect
      .poll(() => changes.at(-1))
      .toMatchObject({ from: 'DEGRADED', to: 'OK', state: 'OK', message: null });
  });

  it('error_rate counts failures of the store, not those of callers', async () => {
    const { engine, manager } = await openWatched(
      { error_rate: 1 },
      { min_free_bytes: 1_000_000_000_000 },
    );
    await expect(manager.store('', 1)).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect
      .poll(() => engine.health().thresholds[0])
      .toMatchObject({ value: 0, exceeded: false });
    const exceededAfterFailure = async (): Promise<boolean | undefined> => {
      await expect(manager.store('k', 1)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
      return engine.health().thresholds[0]?.exceeded;
    };
    await expect.poll(exceededAfterFailure).toBe(true);
    await expect.poll(() => engine.health().thresholds[0]?.exceeded).toBe(false);
  });

  it('queue_depth counts operations under way', async () => {
    const { engine, manager } = await openWatched({ queue_depth: 4 });
    let busy = true;
    const caller = async (name: number): Promise<void> => {
      while (busy) await manager.store(`k${name}`, name);
    };
    const callers = Promise.all(Array.from({ length: 16 }, (_, name) => caller(name)));
    await reaches(engine, 'DEGRADED');
    expect(engine.health().checks.at(-1)?.name).toBe('performance.queue_depth');
    busy = false;
    await callers;
    await reaches(engine, 'OK');
  });

  it('wal_bytes looks at the write-ahead log', async () => {
    const { engine, manager } = await openWatched({ wal_bytes: 1_000 });
    await manager.store('k', 'x'.repeat(2_000));
    await reaches(engine, 'DEGRADED');
    expect(engine.health().checks.at(-1)?.name).toBe('performance.wal_bytes');
  });

  it('is absent by default: nothing is measured, nothing degrades', async () => {
    const engine = await openTestEngine();
    await engine.namespace('default').store({ key: 'k', value: 1 });
    expect(engine.health().thresholds).toEqual([]);
    expect(() => engine.assertPerformance()).not.toThrow();
  });
});

it('a figure has recovered only when a whole window had no sample beyond the threshold', () => {
  const { performance } = parseEngineConfig({ performance: { wal_bytes: 100, window: 10 } });
  let bytes = 0;
  let now = 0;
  const watch = new PerformanceWatch(performance, { walBytes: () => bytes, now: () => now });
  const exceededAt = (at: number, value: number): boolean | undefined => {
    now = at;
    bytes = value;
    watch.sample();
    return watch.figures()[0]?.exceeded;
  };
  expect(exceededAt(0, 100)).toBe(false);
  expect(exceededAt(1_000, 101)).toBe(true);
  expect(exceededAt(9_000, 50)).toBe(true);
  expect(exceededAt(10_000, 101)).toBe(true);
  expect(exceededAt(19_999, 50)).toBe(true);
  expect(exceededAt(20_000, 50)).toBe(false);
  expect(watch.checks()).toEqual([]);
});

it('each change of a state is told once, with what was wrong from the start', async () => {
  const path = `${await makeTestFolder()}/test.db`;
  const engine = await openTestEngine({
    memory: { sqlite_path: path, min_free_bytes: 1_000_000_000_000 },
  });
  const changes: HealthChange[] = [];
  const stop = engine.onHealthChange((change) => changes.push(change));
  onTestFinished(() => void stop());
  const memories = engine.namespace('default');
  for (let turn = 0; turn < 3; turn += 1)
    await expect(memories.store({ key: 'k', value: turn })).rejects.toThrow('full');
  await expect.poll(() => changes.length).toBe(1);
  expect(changes[0]).toMatchObject({
    name: 'writer',
    from: 'OK',
    to: 'READ_ONLY',
    state: 'READ_ONLY',
    message: expect.stringContaining('full'),
  });
});
