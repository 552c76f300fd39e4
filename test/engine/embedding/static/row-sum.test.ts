import { expect, it } from 'vitest';
import { RowSum } from '../../../../src/engine/embedding/static/row-sum.ts';
import { randomFrom } from '../../../support/random.ts';
import { someWords, wordTable } from '../../../support/word-table.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

/** Those that a table has in practice, and such as have no common unit. */
const SCALES: readonly (readonly [string, (random: (below: number) => number) => number])[] = [
  ['close', (random) => (100_000 + random(4_000_000)) / 7e8],
  ['far apart', (random) => random(1_000_000) / 7e6],
  ['of either sign', (random) => (random(2) - 0.5) * (1 + random(1_000_000) / 1e6)],
];

const CASES = [1, 4, 8, 20, 33, 256].flatMap((dimension) =>
  SCALES.map(([name, scale]) => [dimension, name, scale] as const),
);

it.each(CASES)(
  `is, bit for bit, the sum in the order of the rows, of %i dimensions with scales %s (SEED=${SEED})`,
  (dimension, _, scale) => {
    const random = randomFrom(SEED);
    const { table } = wordTable(someWords(50), dimension, SEED);
    if (table === null) throw new Error('no table');
    for (const [id] of table.scales.entries()) table.scales[id] = scale(random);
    const rowSum = new RowSum(table);
    for (let round = 0; round < 20; round += 1) {
      // More than the kernel takes at once, as texts of many words have.
      const length = round === 0 ? 1_200 : 200;
      const ids = Int32Array.from({ length }, () => random(50));
      const count = round === 0 ? length - random(2) : random(201);
      rowSum.add(ids, count);
      const expected = new Float64Array(dimension);
      for (const id of ids.subarray(0, count))
        for (let at = 0; at < dimension; at += 1)
          expected[at] =
            (expected[at] ?? 0) + (table.scales[id] ?? 0) * (table.rows[id * dimension + at] ?? 0);
      expect(rowSum.sum).toEqual(expected);
    }
  },
);
