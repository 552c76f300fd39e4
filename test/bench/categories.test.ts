import { describe, expect, it } from 'vitest';
import { type BenchContext, QUICK_PLAN } from '../../bench/category.ts';
import { concurrencyCategory } from '../../bench/concurrency-category.ts';
import type { Contender } from '../../bench/contender.ts';
import { fittingSizes } from '../../bench/fitting-sizes.ts';
import { htmlReport } from '../../bench/html/page.ts';
import { ratiosOf, renderReport } from '../../bench/report.ts';
import { storageCategory } from '../../bench/storage-category.ts';
import { stressCategory } from '../../bench/stress-category.ts';
import { SUITES } from '../../bench/suites.ts';
import { MemorySystemError, OverloadedError } from '../../src/engine/index.ts';

/** A system that only counts; every `refuseEach`th store is refused, every `loseEach`th is forgotten. */
function counting(
  name: string,
  faults: { refuseEach?: number; loseEach?: number } = {},
): Contender {
  return {
    name,
    isBaseline: name === 'v4 baseline',
    open: async () => {
      let [calls, kept] = [0, 0];
      return {
        store: async () => {
          // A turn of the event loop, as any real answer takes.
          await new Promise(setImmediate);
          calls += 1;
          if (calls % (faults.refuseEach ?? Number.POSITIVE_INFINITY) === 0)
            throw new OverloadedError('full', 1);
          if (calls % (faults.loseEach ?? Number.POSITIVE_INFINITY) !== 0) kept += 1;
        },
        fill: async (items) => {
          kept += items.length;
        },
        recall: async () => 0,
        embedQuery: null,
        count: async () => kept,
        close: async () => undefined,
      };
    },
  };
}

function contextOf(contenders: readonly Contender[]): BenchContext {
  return {
    plan: { ...QUICK_PLAN, rounds: 2, blockMs: 1, concurrentMemories: 20, burst: 50 },
    seed: 1,
    contenders,
    engineUrl: 'none',
    textsPath: null,
    withDirectory: (use) => use('nowhere'),
    progress: () => undefined,
  };
}

const CONTENDERS = [counting('sqlite FULL'), counting('v4 baseline')];

describe('the categories of the benchmark', () => {
  it('are those of v4 and of our own promises, each once', () => {
    const names = SUITES.map(({ category }) => category.name);
    for (const name of ['storage', 'recall', 'concurrency', 'transactions', 'memory', 'stress'])
      expect(names).toContain(name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('compare each system with the baseline of the same rounds', async () => {
    const suites = [storageCategory, concurrencyCategory, stressCategory].map((category) => ({
      category,
      contenders: CONTENDERS,
    }));
    const measurements = [];
    for (const { category, contenders } of suites)
      measurements.push(...(await category.run(contextOf(contenders))));
    const ratios = ratiosOf(measurements, suites);
    expect(ratios.map(({ name }) => name)).toEqual([
      'storeDurable256',
      'mixedConcurrent64',
      'storeStress1024',
    ]);
    for (const { rounds, low, value, high } of ratios) {
      expect(rounds).toHaveLength(2);
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }

    const report = {
      at: 'today',
      seed: 1,
      plan: QUICK_PLAN,
      machine: {
        cpu: 'a <fast> one',
        cores: 2,
        memoryGb: 1,
        system: 'some',
        node: 'v20',
        filesystem: 'ext4',
        fsyncMicroseconds: 1,
      },
      measurements,
      ratios,
    };
    expect(renderReport(report, suites, 'text')).toMatch(/^storeDurable256 /m);
    const page = htmlReport(report, suites);
    expect(page).toContain('a &lt;fast&gt; one');
    // Self-contained: nothing is fetched, nothing is run.
    expect(page).not.toMatch(/<script|<link|<img|https?:|url\(/);
    expect(page.match(/<svg /g)).toHaveLength(3);
    expect(page.match(/<rect /g)).toHaveLength(2 * (4 + 4 + 3));
    expect(page).not.toContain('NaN');
  });
});

describe('the stress category', () => {
  it('tells which share of the stores was refused', async () => {
    const contenders = [counting('sqlite FULL'), counting('v4 baseline')];
    const burst = contenders.map((one) => ({ ...one }));
    const refusing = counting('refusing');
    // Refuses only in the burst, where refusals are allowed.
    const limited: Contender = {
      ...refusing,
      open: async (...args) => {
        const open = await refusing.open(...args);
        let waiting = 0;
        return {
          ...open,
          store: async (item) => {
            if (waiting >= 1_100) throw new OverloadedError('full', 1);
            waiting += 1;
            try {
              return await open.store(item);
            } finally {
              waiting -= 1;
            }
          },
        };
      },
    };
    const context = contextOf([...burst, limited]);
    const measurements = await stressCategory.run({
      ...context,
      plan: { ...context.plan, burst: 1_375 },
    });
    const table = stressCategory.tables(measurements, context.contenders)[2];
    expect(table?.rows.map((row) => row[5])).toEqual(['0.00 %', '0.00 %', '20.00 %']);
  });

  it('fails when an acknowledged store is not there, or another error comes', async () => {
    await expect(
      stressCategory.run(contextOf([counting('losing', { loseEach: 10 })])),
    ).rejects.toThrow(/losing, 1024 callers: \d+ stores were acknowledged, \d+ are there/);
    await expect(
      stressCategory.run(contextOf([counting('refusing', { refuseEach: 10 })])),
    ).rejects.toThrow(MemorySystemError);
  });
});

describe('the sizes of the benchmark', () => {
  it('are those that fit, and the others are named', () => {
    const told: string[] = [];
    const room = () => ({ disk: 8e9, memory: 9e8 });
    const fitting = fittingSizes([1_000, 200_000, 1e6], '.', (line) => told.push(line), room);
    expect(fitting).toEqual([1_000, 200_000]);
    expect(told).toEqual(['1,000,000 memories do not fit on this machine']);
  });
});
