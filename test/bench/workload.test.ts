import { describe, expect, it } from 'vitest';
import { QUERY_KINDS, Workload } from '../../bench/workload.ts';

describe('bench workload', () => {
  it('is the same for the same seed and another for another', () => {
    const run = (seed: number) => {
      const workload = new Workload(seed);
      const items = workload.take(50);
      return { items, queries: QUERY_KINDS.map((kind) => workload.query(kind, items)) };
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it('makes unique keys and texts of about 30 words and 300 bytes', () => {
    const items = new Workload(7).take(2_000);
    expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
    const words = items.map(({ value }) => value.text.split(' ').length);
    expect(new Set(words)).toEqual(new Set([30]));
    const bytes = items.reduce(
      (sum, { value, metadata }) => sum + JSON.stringify([value, metadata]).length,
      0,
    );
    expect(bytes / items.length).toBeGreaterThan(240);
    expect(bytes / items.length).toBeLessThan(360);
  });

  it('asks about what is there', () => {
    const workload = new Workload(3);
    const items = workload.take(500);
    for (const kind of ['topic', 'project'] as const) {
      const query = workload.query(kind, items);
      expect(items.some(({ key }) => key.includes(query))).toBe(true);
    }
  });
});
