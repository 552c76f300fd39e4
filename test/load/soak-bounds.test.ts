import { describe, expect, it } from 'vitest';
import { judge, type SoakSample } from '../../load/soak-bounds.ts';

const MEGABYTE = 1_048_576;

/** An hour of samples, one a minute; `grow` bytes or handles an hour. */
function hour(grow: Partial<Record<keyof SoakSample, number>>): readonly SoakSample[] {
  return Array.from({ length: 60 }, (_, minute) => {
    const at = (figure: keyof SoakSample, base: number): number =>
      base + ((grow[figure] ?? 0) * minute) / 60 + (minute % 2) * 0.001 * base;
    return {
      seconds: minute * 60,
      rss: at('rss', 300 * MEGABYTE),
      heap: at('heap', 40 * MEGABYTE),
      handles: at('handles', 60),
      wal: at('wal', 32 * MEGABYTE),
      file: 50 * MEGABYTE,
    };
  });
}

const failed = (samples: readonly SoakSample[]): readonly string[] =>
  judge(samples).flatMap(({ figure, passed }) => (passed ? [] : [figure]));

describe('the bounds of a soak', () => {
  it('pass what is flat but for noise', () => {
    expect(failed(hour({}))).toEqual([]);
  });

  it.each([
    ['rss', 100 * MEGABYTE],
    ['heap', 20 * MEGABYTE],
    ['handles', 30],
    ['wal', 60 * MEGABYTE],
  ] as const)('refuse a %s that grows', (figure, grow) => {
    expect(failed(hour({ [figure]: grow }))).toEqual([figure]);
  });

  it('forgive growth that ends with the warm-up', () => {
    const samples = hour({}).map((sample) =>
      sample.seconds < 900 ? { ...sample, rss: sample.rss / 2 } : sample,
    );
    expect(failed(samples)).toEqual([]);
  });
});
