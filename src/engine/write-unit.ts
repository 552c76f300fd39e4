import type { Scope } from './engine-parts.ts';
import { ValidationError } from './errors.ts';
import { describe, readText } from './field-rules.ts';
import type { NormalisedWrite } from './input-validation.ts';
import type { IssueCollector } from './issue-collector.ts';
import { MAX_UNIT_BYTES, MAX_UNIT_OPERATIONS } from './limits.ts';
import type { WriteOptions } from './operations.ts';
import type { UnitOutcome } from './types.ts';
import { uuidV7 } from './uuid-v7.ts';

/** Checked options of a write. */
export interface WriteTerms {
  readonly idempotencyKey: string | null;
  /** Unix ms; the caller's clock when the operation began. */
  readonly now: number;
  readonly deadline: number;
}

/** The caller's timeout shortens the configured one and never extends it. */
export function readWriteTerms(
  issues: IssueCollector,
  options: WriteOptions | undefined,
  timeoutMs: number,
  now: number,
): WriteTerms {
  const key = options?.idempotencyKey ?? null;
  return {
    idempotencyKey:
      key === null ? null : readText(issues, key, ['idempotencyKey'], 'idempotencyKey'),
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

/** Sends operations to the writer as one unit, which happens entirely or not at all. */
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
    deadline: terms.deadline,
    now: terms.now,
  };
  if (!engine.insideTransaction && engine.transactions.mustGiveWay(unit))
    await engine.transactions.giveWay(unit);
  return await engine.backend.write(unit, bytes);
}
