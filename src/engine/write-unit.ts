import type { EngineParts, Scope } from './engine-parts.ts';
import { ValidationError } from './errors.ts';
import { describe, readText } from './field-rules.ts';
import type { IssueCollector } from './issue-collector.ts';
import { MAX_UNIT_BYTES, MAX_UNIT_OPERATIONS } from './limits.ts';
import { COMMIT_MODES, type CommitMode } from './model/participation.ts';
import type { OperationOutcome, UnitOutcome } from './model/unit-outcome.ts';
import type { NormalisedWrite } from './normalised-write.ts';
import { uuidV7 } from './uuid-v7.ts';
import type { WriteOptions } from './write-operations.ts';

/** Checked options of a write. */
export interface WriteTerms {
  readonly idempotencyKey: string | null;
  /** Answer only when what was written has its vector, see WriteOptions. */
  readonly awaitIndex: boolean;
  /** Undefined: as configured. */
  readonly commitMode: CommitMode | undefined;
  /** Unix ms; the caller's clock when the operation began. */
  readonly now: number;
  readonly deadline: number;
}

/** The caller's timeout shortens the configured one and never extends it. */
export function readWriteTerms(
  issues: IssueCollector,
  options: WriteOptions | undefined,
  { options: { operationTimeoutMs: timeoutMs }, insideTransaction }: EngineParts,
  now: number,
): WriteTerms {
  const key = options?.idempotencyKey ?? null;
  return {
    idempotencyKey:
      key === null ? null : readText(issues, key, ['idempotencyKey'], 'idempotencyKey'),
    commitMode: readCommitMode(issues, options?.commitMode),
    awaitIndex: readAwaitIndex(issues, options?.awaitIndex, insideTransaction),
    now,
    deadline: now + Math.min(timeoutMs, readTimeout(issues, options?.timeoutMs) ?? timeoutMs),
  };
}

function readTimeout(issues: IssueCollector, timeoutMs: unknown): number | null {
  if (timeoutMs === undefined || timeoutMs === null) return null;
  if (typeof timeoutMs === 'number' && Number.isFinite(timeoutMs) && timeoutMs > 0)
    return timeoutMs;
  issues.add(
    ['timeoutMs'],
    `must be a positive number of milliseconds, not ${describe(timeoutMs)}`,
  );
  return null;
}

export function readCommitMode(issues: IssueCollector, mode: unknown): CommitMode | undefined {
  if (mode === undefined || mode === null) return undefined;
  const known = COMMIT_MODES.find((name) => name === mode);
  if (known === undefined)
    issues.add(['commitMode'], `must be one of ${COMMIT_MODES.join(', ')}, not ${describe(mode)}`);
  return known;
}

/** Vectors are made of what is committed: inside a transaction the wait could only end with its time. */
function readAwaitIndex(
  issues: IssueCollector,
  awaitIndex: unknown,
  insideTransaction: boolean,
): boolean {
  if (awaitIndex === undefined || awaitIndex === null) return false;
  if (typeof awaitIndex !== 'boolean')
    issues.add(['awaitIndex'], `must be true or false, not ${describe(awaitIndex)}`);
  else if (awaitIndex && insideTransaction)
    issues.add(['awaitIndex'], 'has no effect inside a transaction, whose vectors come after it');
  return awaitIndex === true;
}

/**
 * Sends operations to the writer as one unit, which happens entirely or not at all; with `awaitIndex` it is answered when its
 * memories have their vectors.
 */
export async function writeUnit(
  { engine, namespace }: Scope,
  writes: readonly NormalisedWrite[],
  terms: WriteTerms,
  idempotency?: { readonly key: string; readonly requestHash: string },
): Promise<UnitOutcome> {
  const bytes = writes.reduce((sum, write) => sum + write.bytes, 0);
  if (writes.length > MAX_UNIT_OPERATIONS) {
    throw new ValidationError(
      `one unit holds at most ${MAX_UNIT_OPERATIONS} operations, not ${writes.length}`,
    );
  }
  if (bytes > MAX_UNIT_BYTES) {
    throw new ValidationError(`one unit holds at most ${MAX_UNIT_BYTES} bytes, not ${bytes}`, {
      remedy: 'Split the batch, or store its items one by one (atomic: false).',
    });
  }
  const unit = {
    txid: uuidV7(terms.now),
    namespace,
    operations: writes.map((write) => write.operation),
    idempotency,
    commitMode: terms.commitMode,
    deadline: terms.deadline,
    now: terms.now,
  };
  if (!engine.insideTransaction && engine.transactions.mustGiveWay(unit))
    await engine.transactions.giveWay(unit);
  const outcome = await engine.backend.write(unit, bytes);
  if (terms.awaitIndex)
    await engine.embeddings.whenEmbedded(namespace, idsOf(outcome.outcomes), terms.deadline);
  return outcome;
}

/** The memories that a unit left behind. */
function idsOf(outcomes: readonly OperationOutcome[]): readonly number[] {
  return outcomes.flatMap(({ kind, record }) =>
    record == null || kind === 'deleted' ? [] : [record.id],
  );
}
