import { earliestExpiry, recordBytes } from './cached-records.ts';
import type { Scope } from './engine-parts.ts';
import { ValidationError } from './errors.ts';
import { describe, readText } from './field-rules.ts';
import type { AsOfOptions } from './history-operations.ts';
import { IssueCollector } from './issue-collector.ts';
import { MAX_BATCH_READ } from './limits.ts';
import { Memory } from './memory.ts';
import type { MemoryRecord, PersonaRecord, Target } from './model/memory-record.ts';
import { readRecordsAsOf } from './namespace-as-of.ts';
import { readTarget } from './read-target.ts';

/** One memory, null when there is none or it has expired. Does not count as an access. */
export async function get(
  scope: Scope,
  target: Target,
  options?: AsOfOptions,
): Promise<Memory | null> {
  const issues = new IssueCollector();
  const checked = readTarget(issues, target, ['by']);
  issues.throwIfAny();
  const [record] = await readRecords(scope, [checked], options);
  return toMemory(record);
}

/** In the order of the targets, null where there is none; at most 1,000. */
export async function getMany(
  scope: Scope,
  targets: readonly Target[],
  options?: AsOfOptions,
): Promise<readonly (Memory | null)[]> {
  checkCount(targets, 'targets');
  const issues = new IssueCollector();
  const checked = targets.map((target, index) =>
    readTarget(issues, target, ['targets', String(index)]),
  );
  issues.throwIfAny();
  return (await readRecords(scope, checked, options)).map(toMemory);
}

/** Personas by name, null where unknown; all of the namespace by name when `names` is null. */
export async function personas(
  { engine, namespace }: Scope,
  names: readonly string[] | null,
): Promise<readonly (PersonaRecord | null)[]> {
  if (names !== null) checkCount(names, 'names');
  const issues = new IssueCollector();
  const checked =
    names?.map((name, index) => readText(issues, name, ['names', String(index)], 'persona')) ??
    null;
  issues.throwIfAny();
  return await engine.backend.read(
    'personas',
    { namespace, names: checked },
    { deadline: Date.now() + engine.options.operationTimeoutMs },
  );
}

/** What the cache does not hold is read in one backend call. */
async function readRecords(
  scope: Scope,
  targets: readonly Target[],
  { asOf }: AsOfOptions = {},
): Promise<readonly (MemoryRecord | null)[]> {
  if (asOf !== undefined && asOf !== null) return await readRecordsAsOf(scope, targets, asOf);
  const { engine, namespace } = scope;
  const now = Date.now();
  const kept = targets.map((target) =>
    engine.reads.peek<MemoryRecord | null>(namespace, target, now),
  );
  const missing = targets.filter((_, index) => kept[index] === undefined);
  if (missing.length === 0) return kept.map((entry) => entry?.answer ?? null);
  const token = engine.reads.begin(namespace);
  const found = await engine.backend.read(
    'getMany',
    { namespace, targets: missing, now },
    { deadline: now + engine.options.operationTimeoutMs },
  );
  for (const [index, target] of missing.entries()) {
    const record = found[index] ?? null;
    const freshUntil = earliestExpiry(record === null ? [] : [record]);
    engine.reads.fill(
      token,
      target,
      { answer: record, freshUntil },
      record === null ? 0 : recordBytes(record),
    );
  }
  let next = 0;
  return kept.map((entry) => {
    if (entry !== undefined) return entry.answer;
    const record = found[next] ?? null;
    next += 1;
    return record;
  });
}

function toMemory(record: MemoryRecord | null | undefined): Memory | null {
  return record === null || record === undefined ? null : new Memory(record);
}

function checkCount(items: unknown, name: string): void {
  if (!Array.isArray(items))
    throw new ValidationError([
      { path: [name], message: `must be a list, not ${describe(items)}` },
    ]);
  if (items.length <= MAX_BATCH_READ) return;
  throw new ValidationError([
    { path: [name], message: `must hold at most ${MAX_BATCH_READ} items, not ${items.length}` },
  ]);
}
