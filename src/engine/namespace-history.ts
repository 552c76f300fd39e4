import { decodeChangeCursor, encodeChangeCursor } from './change-cursor.ts';
import type { Scope } from './engine-parts.ts';
import { NotFoundError, ValidationError, VersionConflictError } from './errors.ts';
import { readInteger } from './field-rules.ts';
import type {
  DiffInput,
  HistoryInput,
  HistoryPage,
  RestoreInput,
  VersionDiff,
} from './history-operations.ts';
import { requestHash } from './idempotency.ts';
import { IssueCollector } from './issue-collector.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from './limits.ts';
import { Memory } from './memory.ts';
import type { MemoryRecord, Target } from './model/memory-record.ts';
import { outcomeAt, toWriteResult } from './namespace-writes.ts';
import { readTarget } from './read-target.ts';
import { restoring, versionGuard } from './restoring.ts';
import { diffVersions } from './version-diff.ts';
import type { WriteOptions } from './write-operations.ts';
import type { WriteResult } from './write-results.ts';
import { readWriteTerms, writeUnit } from './write-unit.ts';

/** The versions of a memory from the change log, newest first; a key or id that the log does not know has none. */
export async function history(scope: Scope, input: HistoryInput): Promise<HistoryPage> {
  const { engine, namespace } = scope;
  const { epoch } = engine.backend.info;
  const issues = new IssueCollector();
  const after = input.after ?? null;
  const target = readTarget(issues, input.by, ['by']);
  const limit = readInteger(issues, input.first ?? DEFAULT_PAGE_SIZE, ['first'], 0, MAX_PAGE_SIZE);
  const beforeSeq = after === null ? null : issues.attempt(() => readAfter(after, epoch), 0);
  issues.throwIfAny();
  const { changes, hasMore, complete } = await engine.backend.read(
    'history',
    { namespace, target, beforeSeq, limit },
    { deadline: Date.now() + engine.options.operationTimeoutMs },
  );
  return {
    versions: changes.map(({ record, kind, at, txid, seq }) => ({
      version: record.version,
      kind,
      at: new Date(at),
      transactionId: txid,
      cursor: encodeChangeCursor({ epoch, seq }),
      memory: new Memory(record),
    })),
    hasNextPage: hasMore,
    complete,
  };
}

/**
 * Writes the content of an old version as a new one; a deleted memory comes back as a new one with its key. An expiry
 * that has passed meanwhile does not come back. Errors: NotFoundError when the log does not hold the version.
 */
export async function restore(
  scope: Scope,
  input: RestoreInput,
  options?: WriteOptions,
): Promise<WriteResult> {
  const now = Date.now();
  const issues = new IssueCollector();
  const target = readTarget(issues, input.by, ['by']);
  const version = readInteger(issues, input.version, ['version'], 1);
  const ifVersion =
    input.ifVersion === undefined || input.ifVersion === null
      ? undefined
      : readInteger(issues, input.ifVersion, ['ifVersion'], 0);
  const terms = readWriteTerms(issues, options, scope.engine, now);
  issues.throwIfAny();
  const key = terms.idempotencyKey;
  const request = { target, version, ifVersion };
  const idempotency =
    key === null ? undefined : { key, requestHash: requestHash('restore', request) };
  const [found] = await readVersions(scope, target, [version], terms.deadline);
  const write = found == null ? versionGuard(target) : restoring(found, { ifVersion, now });
  try {
    const unit = await writeUnit(scope, [write], terms, idempotency);
    return toWriteResult(scope, outcomeAt(unit.outcomes, 0), unit);
  } catch (error) {
    if (found == null && error instanceof VersionConflictError) throw notLogged(target, version);
    throw error;
  }
}

/** What changed between two versions of one memory. Errors: NotFoundError when the log does not hold one of them. */
export async function diff(scope: Scope, input: DiffInput): Promise<VersionDiff> {
  const issues = new IssueCollector();
  const target = readTarget(issues, input.by, ['by']);
  const from = readInteger(issues, input.from, ['from'], 1);
  const to = readInteger(issues, input.to, ['to'], 1);
  issues.throwIfAny();
  const deadline = Date.now() + scope.engine.options.operationTimeoutMs;
  const [before, after] = await readVersions(scope, target, [from, to], deadline);
  if (before == null) throw notLogged(target, from);
  if (after == null) throw notLogged(target, to);
  return diffVersions(new Memory(before), new Memory(after));
}

async function readVersions(
  { engine, namespace }: Scope,
  target: Target,
  versions: readonly number[],
  deadline: number,
): Promise<readonly (MemoryRecord | null)[]> {
  return await engine.backend.read('versions', { namespace, target, versions }, { deadline });
}

function readAfter(cursor: string, epoch: string): number {
  const position = decodeChangeCursor(cursor, ['after']);
  if (position.epoch === epoch) return position.seq;
  throw new ValidationError(
    [{ path: ['after'], message: 'belongs to another history of the store' }],
    { remedy: 'Start again without a cursor.' },
  );
}

function notLogged(target: Target, version: number): NotFoundError {
  const name = 'key' in target ? JSON.stringify(target.key) : `with id ${target.id}`;
  return new NotFoundError(`the change log holds no version ${version} of memory ${name}`, {
    data: { ...target, version },
    remedy:
      'Ask history for the versions there are; an earlier memory with the same key is named by its id.',
  });
}
