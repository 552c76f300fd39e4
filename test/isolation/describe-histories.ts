import { describe, expect, it } from 'vitest';
import { ISOLATION_LEVELS } from '../../src/engine/index.ts';
import type { HistoryDriver } from './driver.ts';
import { HISTORIES } from './histories.ts';
import { type History, isPrevented, servedLevel } from './history.ts';
import { runHistory } from './run-history.ts';
import { applies, VARIANTS, type Variant } from './variants.ts';

/** Two commits made at the same time nearly always share a group; so often they are tried until they do. */
const ATTEMPTS = 25;

/** Plays every history in every variant at every level, and expects of each what the level promises. */
export function describeHistories(driver: () => HistoryDriver): void {
  describe.each(ISOLATION_LEVELS)('histories at %s', (level) => {
    describe.each(VARIANTS)('$name', (variant) => {
      it.each(HISTORIES.filter((history) => applies(variant, history)))(
        '$name',
        async (history) => {
          let shared = 0;
          for (
            let attempt = 0;
            attempt === 0 || (mustShare(variant, history) && shared === 0);
            attempt += 1
          ) {
            expect(attempt, 'attempts to have both commits in one group').toBeLessThan(ATTEMPTS);
            const { seen, sharedGroups } = await runHistory(driver(), history, level, variant);
            shared += sharedGroups;
            expect({ anomaly: history.anomaly(seen), ended: seen.ended }).toEqual({
              anomaly: !isPrevented(history, level),
              ended: { ...asAsked(history), ...history.refused[servedLevel(level)] },
            });
          }
        },
      );
    });
  });
}

/** How the transactions of a history end when nobody refuses. */
function asAsked({ steps }: History): Record<string, string> {
  return Object.fromEntries(
    steps.flatMap(({ by, does }) => {
      if (does === 'commit') return [[by, 'committed']];
      return does === 'abort' ? [[by, 'aborted']] : [];
    }),
  );
}

/** Whether the history lets two transactions that wrote commit one after the other. */
function mustShare(variant: Variant, history: History): boolean {
  if (!variant.together) return false;
  const steps = variant.steps(history);
  const wrote = (by: string): boolean =>
    steps.some(
      (step) => step.by === by && !['begin', 'read', 'list', 'commit', 'abort'].includes(step.does),
    );
  return steps.some((step, index) => {
    const next = steps[index + 1];
    return step.does === 'commit' && next?.does === 'commit' && wrote(step.by) && wrote(next.by);
  });
}
