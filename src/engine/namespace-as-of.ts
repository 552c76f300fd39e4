import { readAsOf, requireAnswer } from './as-of.ts';
import type { ReadMap } from './backends/read-map.ts';
import type { Scope } from './engine-parts.ts';
import type { AsOf } from './history-operations.ts';
import { IssueCollector } from './issue-collector.ts';
import type { MemoryRecord, Target } from './model/memory-record.ts';

/*
 * Reads of the past. They pass by the cache: what it holds is the present.
 */

/** In the order of the targets, null where there was none. */
export async function readRecordsAsOf(
  { engine, namespace }: Scope,
  targets: readonly Target[],
  asOf: AsOf,
): Promise<readonly (MemoryRecord | null)[]> {
  const now = Date.now();
  const { epoch } = engine.backend.info;
  const issues = new IssueCollector();
  const moment = readAsOf(issues, asOf, epoch, now);
  issues.throwIfAny();
  const answer = await engine.backend.read(
    'getManyAsOf',
    { namespace, targets, moment },
    { deadline: now + engine.options.operationTimeoutMs },
  );
  return requireAnswer(answer, epoch).records;
}

export async function readPageAsOf(
  { engine }: Scope,
  { now, ...args }: ReadMap['list']['args'],
  asOf: AsOf,
): Promise<ReadMap['list']['result']> {
  const { epoch } = engine.backend.info;
  const issues = new IssueCollector();
  const moment = readAsOf(issues, asOf, epoch, now);
  issues.throwIfAny();
  const answer = await engine.backend.read(
    'listAsOf',
    { ...args, moment },
    { deadline: now + engine.options.operationTimeoutMs },
  );
  return requireAnswer(answer, epoch);
}
