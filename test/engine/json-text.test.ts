import { check, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { isExactJson } from '../../src/engine/index.ts';

it('finds every run of sixteen digits, wherever it begins and ends', () => {
  for (let before = 0; before < 40; before += 1) {
    for (const digits of [15, 16, 17, 31, 32, 33]) {
      const run = '7'.repeat(digits);
      for (const text of [' '.repeat(before) + run, `${' '.repeat(before)}${run}x`])
        expect(isExactJson(text), `${before} ${digits}`).toBe(digits < 16);
    }
  }
});

it('agrees with a plain search on any text of digits and gaps', () => {
  const text = string({ unit: 'grapheme-ascii', maxLength: 200 }).map((any) =>
    any.replaceAll(/[^a-c]/g, '9'),
  );
  const run = check(
    property(text, (candidate) => isExactJson(candidate) !== /\d{16}/.test(candidate)),
  );
  expect(run.failed, `seed ${run.seed}: ${JSON.stringify(run.counterexample)}`).toBe(false);
});
