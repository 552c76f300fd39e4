import { formatNumber } from '../table.ts';

/** A cost may be so much larger than logarithmic growth makes it before it is marked: what equal runs differ by. */
const TOLERANCE = 1.3;

/** One step from a size to the next one. */
export interface Growth {
  /** The k of cost ~ N^k through both: 0 = does not grow, 1 = proportional. */
  readonly exponent: number;
  /** Grew by more than log N did, beyond the tolerance. */
  readonly isWorseThanLogarithmic: boolean;
}

export function growthBetween(
  [smaller, before]: readonly [size: number, cost: number],
  [larger, after]: readonly [size: number, cost: number],
): Growth {
  const logarithmic = Math.log(larger) / Math.log(smaller);
  return {
    exponent: Math.log(after / before) / Math.log(larger / smaller),
    isWorseThanLogarithmic: after / before > logarithmic * TOLERANCE,
  };
}

/** `0.31`, or `0.97 !` for a cost that grows worse than logarithmically. */
export function growthCell({ exponent, isWorseThanLogarithmic }: Growth): string {
  return `${formatNumber(exponent)}${isWorseThanLogarithmic ? ' !' : ''}`;
}
