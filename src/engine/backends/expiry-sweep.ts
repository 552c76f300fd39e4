import { NotFoundError, VersionConflictError } from '../errors.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { UnitOutcome } from '../model/unit-outcome.ts';
import type { ExpiredMemory } from '../sqlite/memories.ts';
import { uuidV7 } from '../uuid-v7.ts';

/** A sweep may wait behind ordinary writes; it runs again soon anyway. */
const SWEEP_TIMEOUT_MS = 60_000;

/**
 * Removes expired memories through ordinary units, so that each leaves an entry in the change log. To every other write
 * an expired memory does not exist, so the sweep's clock stands just before the expiry; the version guards what was
 * stored anew meanwhile.
 */
export async function sweepExpired(
  expired: readonly ExpiredMemory[],
  write: (unit: WriteUnit, bytes: number) => Promise<UnitOutcome>,
): Promise<number> {
  const now = Date.now();
  const outcomes = await Promise.allSettled(
    expired.map(({ namespace, id, version, expiresAt }) =>
      write(
        {
          txid: uuidV7(now),
          namespace,
          operations: [{ kind: 'delete', target: { id }, ifVersion: version }],
          deadline: now + SWEEP_TIMEOUT_MS,
          now: expiresAt - 1,
        },
        0,
      ),
    ),
  );
  let removed = 0;
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') removed += 1;
    else if (
      !(outcome.reason instanceof NotFoundError || outcome.reason instanceof VersionConflictError)
    )
      throw outcome.reason;
  }
  return removed;
}
