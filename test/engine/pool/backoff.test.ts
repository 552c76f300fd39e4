import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffMs, REOPEN_BACKOFF } from '../../../src/engine/backoff.ts';
import { interruptibleWait } from '../../../src/engine/interruptible-wait.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

it(`stays between nothing and the bound of its attempt, and never beyond the cap (seed ${SEED})`, () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 10, noNaN: true }),
      fc.nat(10_000),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (factor, attempt, chance) => {
        const wait = backoffMs({ ...REOPEN_BACKOFF, factor }, attempt, () => chance);
        const bound = Math.min(REOPEN_BACKOFF.capMs, REOPEN_BACKOFF.baseMs * factor ** attempt);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(bound);
        expect(wait).toBe(chance * bound);
      },
    ),
    { seed: SEED },
  );
});

it('grows by the factor from the base to the cap', () => {
  const longest = (attempt: number): number =>
    backoffMs({ baseMs: 50, factor: 2, capMs: 300 }, attempt, () => 1);
  expect([0, 1, 2, 3, 100].map(longest)).toEqual([50, 100, 200, 300, 300]);
});

it('a wait ends when its signal aborts, before or during it', async () => {
  const controller = new AbortController();
  const wait = interruptibleWait(3_600_000, controller.signal);
  controller.abort();
  await wait;
  await interruptibleWait(3_600_000, controller.signal);
  await interruptibleWait(1, new AbortController().signal);
});
