import { describe, expect, it } from 'vitest';
import { findCell, findMedian, Measurements } from '../../bench/measurements.ts';
import { blockResult } from '../../bench/samples.ts';

describe('bench measurements', () => {
  it('keep rounds and figures of a cell together', () => {
    const measurements = new Measurements('some');
    measurements.state('ours', { size: 1 }, { bytes: 3 });
    for (const duration of [4, 9, 5])
      measurements.add('ours', { size: 1 }, blockResult([duration], 1));
    measurements.add('ours', { size: 2 }, blockResult([7], 1));
    measurements.state('ours', { size: 1 }, { bytes: 5, recall: 1 });
    const cells = measurements.finish();
    expect(cells).toHaveLength(2);
    expect(findCell(cells, 'ours', { size: 1 })).toMatchObject({
      category: 'some',
      figures: { bytes: 5, recall: 1 },
    });
    expect(findMedian(cells, 'ours', { size: 1 }).p50).toBe(5);
    expect(findMedian(cells, 'ours', { size: 2 }).p50).toBe(7);
    expect(() => findMedian(cells, 'ours', { size: 3 })).toThrow('not measured');
  });
});
