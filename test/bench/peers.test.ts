import { describe, expect, it } from 'vitest';
import { boundedCalls } from '../../bench/peers/bounded-calls.ts';
import { KINDS, planOf } from '../../bench/peers/peer-plan.ts';
import { PeerRecord, ratePerSecond } from '../../bench/peers/peer-record.ts';
import { peerTables } from '../../bench/peers/peer-tables.ts';

const SEED = 20_250_901;

describe('the plan for peers', () => {
  it('asks no question twice, each made from a memory that was loaded', () => {
    const { items, questions } = planOf(SEED, 1_000, 300);
    const keys = new Map(items.map((item) => [item.key, item]));
    for (const kind of KINDS) {
      expect(new Set(questions[kind].map(({ query }) => query)).size).toBe(300);
      for (const { query, wanted } of questions[kind])
        expect(query).toContain(keys.get(wanted)?.project);
    }
  });

  it('gives memories to store that were not loaded', () => {
    const plan = planOf(SEED, 100, 10);
    const keys = [...plan.items, ...plan.take(50), ...plan.take(50)].map(({ key }) => key);
    expect(new Set(keys).size).toBe(200);
  });

  it('refuses more questions than the memories have names', () => {
    expect(() => planOf(SEED, 10, 50)).toThrow(RangeError);
  });
});

describe('bounded calls', () => {
  it('keeps as many calls open as there are callers, and calls each element once', async () => {
    let open = 0;
    let most = 0;
    const called: number[] = [];
    const { durations } = await boundedCalls([1, 2, 3, 4, 5, 6, 7], 3, 60_000, async (element) => {
      open += 1;
      most = Math.max(most, open);
      called.push(element);
      await Promise.resolve();
      open -= 1;
    });
    expect(most).toBe(3);
    expect(called).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(durations).toHaveLength(7);
  });

  it('begins no call after its limit', async () => {
    const { durations } = await boundedCalls([1, 2, 3], 1, 0, () => Promise.resolve());
    expect(durations).toHaveLength(0);
  });
});

describe('the record of a peer', () => {
  it('keeps its figures and the first reason when something fails', async () => {
    const record = new PeerRecord('other', 1_000);
    await record.attempt(async () => {
      record.read.push({ durations: [2, 2], seconds: 0.5 });
    });
    await record.attempt(() => Promise.reject(new Error('it hangs')));
    await record.attempt(() => Promise.reject(new Error('never called')));
    const [stores, recalls] = peerTables([record]);
    expect(stores?.notes).toEqual(['Not (wholly) measured: other: it hangs.']);
    expect(recalls?.rows.map((row) => row.at(-1))).toEqual(['2']);
  });

  it('takes the rate of the middle round', () => {
    const round = (seconds: number) => ({ durations: [1, 1], seconds });
    expect(ratePerSecond([round(1), round(100), round(0.5)])).toBe(2);
  });
});
