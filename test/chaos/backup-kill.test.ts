import { expect, it } from 'vitest';
import { killBackups, killRestores } from './backup-kills.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

/** Few rounds for every run of the tests; `npm run test:chaos` has the many. */
it(`a killed backup is never listed, and the next one goes on (seed ${SEED})`, async () => {
  const unfinished = await killBackups({ kills: 2, memories: 300, restored: 1, seed: SEED });
  expect(unfinished).toBeGreaterThan(0);
});

it(`a killed restore leaves the old database or the new one, whole (seed ${SEED})`, async () => {
  const { old, restored } = await killRestores({ kills: 1, memories: 300, seed: SEED });
  expect(old + restored).toBeGreaterThanOrEqual(1);
  expect(old).toBeGreaterThan(0);
});
