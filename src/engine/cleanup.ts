import type { Scope } from './engine-parts.ts';
import { NotFoundError, VersionConflictError } from './errors.ts';
import type { MemoryRecord } from './model/memory-record.ts';
import type { Section } from './model/section.ts';
import type { OptimizationReport } from './optimization-operations.ts';
import type { PlannedAction } from './optimization-plan.ts';
import { writeUnit } from './write-unit.ts';

const MS_PER_DAY = 86_400_000;
/** Memories of a higher importance stay, however old. */
const IMPORTANCE_BELOW = 0.5;
/** Only what is short-lived by its nature is cleaned up. */
const CLEANED_SECTIONS: readonly Section[] = ['cache', 'working_memory'];
/** One read and the deletions after it; small enough that other writers get their turn between. */
const BATCH = 500;
/** Memories named in the report; all are counted. */
const MAX_REPORTED = 100;

interface CleanupCount {
  readonly matched: MemoryRecord[];
  deleted: number;
  kept: number;
}

/**
 * Deletes memories of the cache and working sections that nobody accessed for a while and that are of low importance.
 * Each deletion names the version that was judged, so a memory that somebody wrote meanwhile stays.
 */
export async function cleanUp(scope: Scope, action: PlannedAction): Promise<OptimizationReport> {
  // Accesses that still wait to be counted would otherwise look like no access.
  await scope.engine.touches.flush();
  const now = Date.now();
  const accessedBefore = now - action.thresholdDays * MS_PER_DAY;
  const count: CleanupCount = { matched: [], deleted: 0, kept: 0 };
  if (action.dryRun) count.matched.push(...(await findStale(scope, accessedBefore, MAX_REPORTED)));
  else await deleteStale(scope, accessedBefore, count);
  return toReport(action, count);
}

async function deleteStale(
  scope: Scope,
  accessedBefore: number,
  count: CleanupCount,
): Promise<void> {
  for (;;) {
    const batch = await findStale(scope, accessedBefore, BATCH);
    const deleted = (
      await Promise.all(batch.map((record) => deleteIfUnchanged(scope, record)))
    ).filter(Boolean).length;
    count.deleted += deleted;
    count.kept += batch.length - deleted;
    count.matched.push(...batch.slice(0, Math.max(0, MAX_REPORTED - count.matched.length)));
    // A batch of which nothing could be deleted would come again for ever.
    if (batch.length < BATCH || deleted === 0) return;
  }
}

async function findStale(
  { engine, namespace }: Scope,
  accessedBefore: number,
  limit: number,
): Promise<readonly MemoryRecord[]> {
  const now = Date.now();
  return await engine.backend.read(
    'stale',
    {
      namespace,
      accessedBefore,
      importanceBelow: IMPORTANCE_BELOW,
      sections: CLEANED_SECTIONS,
      limit,
      now,
    },
    { deadline: now + engine.options.operationTimeoutMs },
  );
}

/** False when somebody else changed or deleted it first. */
async function deleteIfUnchanged(scope: Scope, record: MemoryRecord): Promise<boolean> {
  const operation = {
    kind: 'delete',
    target: { id: record.id },
    ifVersion: record.version,
  } as const;
  const now = Date.now();
  const terms = {
    idempotencyKey: null,
    awaitIndex: false,
    commitMode: undefined,
    now,
    deadline: now + scope.engine.options.operationTimeoutMs,
  };
  try {
    await writeUnit(scope, [{ operation, request: operation, bytes: 0 }], terms);
    return true;
  } catch (error) {
    if (error instanceof VersionConflictError || error instanceof NotFoundError) return false;
    throw error;
  }
}

function toReport(
  action: PlannedAction,
  { matched, deleted, kept }: CleanupCount,
): OptimizationReport {
  const rule = `not accessed for ${action.thresholdDays} days, importance below ${IMPORTANCE_BELOW}, section ${CLEANED_SECTIONS.join(' or ')}`;
  const memories = matched.map(({ key, section, importance, accessedAt }) => ({
    key,
    section,
    importance,
    accessedAt: new Date(accessedAt).toISOString(),
    reason: `last access ${new Date(accessedAt).toISOString()}, importance ${importance}, section ${section}`,
  }));
  const message = action.dryRun
    ? `Would delete ${matched.length === MAX_REPORTED ? 'at least ' : ''}${matched.length} memories: ${rule}.`
    : `Deleted ${deleted} memories: ${rule}${kept > 0 ? `; ${kept} changed meanwhile and stayed` : ''}.`;
  return {
    type: 'cleanup',
    changed: deleted > 0,
    message,
    details: {
      dryRun: action.dryRun,
      thresholdDays: action.thresholdDays,
      deleted,
      kept,
      memories,
    },
  };
}
