import { expect, it } from 'vitest';
import { RowSum } from '../../../../src/engine/embedding/static/row-sum.ts';
import { randomFrom } from '../../../support/random.ts';
import { someWords, wordTable } from '../../../support/word-table.ts';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

it.each([1, 4, 8, 20, 33, 256])(
  `is, bit for bit, the sum in the order of the rows, of %i dimensions (SEED=${SEED})`,
  (dimension) => {
    const random = randomFrom(SEED);
    const { table } = wordTable(someWords(50), dimension, SEED);
    if (table === null) throw new Error('no table');
    for (const [id] of table.scales.entries()) table.scales[id] = random(1_000_000) / 7e6;
    const rowSum = new RowSum(table);
    for (let round = 0; round < 20; round += 1) {
      const ids = Int32Array.from({ length: 200 }, () => random(50));
      const count = random(201);
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
