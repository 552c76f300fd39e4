import type { SoakFigures } from './soak-server.ts';

const MEGABYTE = 1_048_576;

export interface SoakSample extends SoakFigures {
  /** Since the load began. */
  readonly seconds: number;
}

export interface SoakVerdict {
  readonly figure: 'rss' | 'heap' | 'handles' | 'wal';
  /** Growth over the part after the warm-up by the line of least squares; for `wal` the largest value. */
  readonly value: number;
  readonly bound: number;
  readonly passed: boolean;
}

/** Share of the run that fills caches and is not judged. */
export const WARM_UP = 0.3;

/** What a figure may grow by after the warm-up: a share of its mean, for caches that fill slowly, and noise. */
const ALLOWED = {
  rss: { share: 0.1, noise: 16 * MEGABYTE },
  heap: { share: 0.1, noise: 2 * MEGABYTE },
  handles: { share: 0, noise: 8 },
} as const;

/** `memory.wal_soft_limit` by default, and one group of commits with its index pages. */
const WAL_BOUND = (64 + 8) * MEGABYTE;

/** At least two samples must lie after the warm-up. */
export function judge(samples: readonly SoakSample[]): readonly SoakVerdict[] {
  const start = (samples.at(-1)?.seconds ?? 0) * WARM_UP;
  const judged = samples.filter(({ seconds }) => seconds >= start);
  const grown = (['rss', 'heap', 'handles'] as const).map((figure): SoakVerdict => {
    const { share, noise } = ALLOWED[figure];
    const values = judged.map((sample) => sample[figure]);
    const value = growth(
      judged.map(({ seconds }) => seconds),
      values,
    );
    const bound = share * mean(values) + noise;
    return { figure, value, bound, passed: value <= bound };
  });
  const wal = Math.max(...samples.map((sample) => sample.wal));
  return [...grown, { figure: 'wal', value: wal, bound: WAL_BOUND, passed: wal <= WAL_BOUND }];
}

/** Slope of the line of least squares, times the length of the time. */
function growth(times: readonly number[], values: readonly number[]): number {
  const [middle, level] = [mean(times), mean(values)];
  let above = 0;
  let below = 0;
  for (const [index, time] of times.entries()) {
    above += (time - middle) * ((values[index] ?? level) - level);
    below += (time - middle) ** 2;
  }
  const length = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return below === 0 ? 0 : (above / below) * length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
