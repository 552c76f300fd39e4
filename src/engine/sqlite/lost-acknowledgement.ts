import { MemorySystemError } from '../errors.ts';
import type { ChangeRecord, OperationOutcome, WriteOperation, WriteUnit } from '../types.ts';
import { live } from './apply-operation.ts';
import { newestChangeOf, readChangesOfUnit } from './change-log.ts';
import { findMemory } from './memories.ts';
import type { StatementCache } from './statement-cache.ts';
import { findCommit } from './transaction-log.ts';

export interface FoundOutcome {
  readonly csn: number;
  /** In the order of the unit's operations. */
  readonly outcomes: readonly OperationOutcome[];
}

/**
 * What came of a unit whose acknowledgement was lost with its thread; undefined = it never committed. `afterSeq` is any
 * position before its changes, the newer the quicker. Each operation left one entry in the change log, with three
 * exceptions: a store over an expired memory left the removal before it, an import of what was already there left none,
 * and an assertion never leaves one. An import is told by key and content, which is exact as long as no unit holds an
 * import beside another operation on the same key; nobody builds such units.
 */
export function findOutcome(
  statements: StatementCache,
  unit: WriteUnit,
  afterSeq: number,
): FoundOutcome | undefined {
  const csn = findCommit(statements, unit.txid);
  if (csn === undefined) return undefined;
  const changes = readChangesOfUnit(statements, afterSeq, csn);
  const newestSeq = changes.at(-1)?.seq ?? afterSeq;
  const waiting = [...changes];
  const outcomes = unit.operations.map((operation): OperationOutcome => {
    if (operation.kind === 'assert') return { kind: 'asserted', record: null, seq: newestSeq };
    const change = takeChange(waiting, operation, unit.now);
    if (change !== undefined) return { kind: change.kind, record: change.record, seq: change.seq };
    return unchanged(statements, unit.namespace, operation, newestSeq);
  });
  return { csn, outcomes };
}

function takeChange(
  waiting: ChangeRecord[],
  operation: WriteOperation,
  now: number,
): ChangeRecord | undefined {
  if (operation.kind !== 'store') return waiting.shift();
  const removal = waiting[0];
  const expired = removal?.kind === 'deleted' && live(removal.record, now) === undefined ? 1 : 0;
  const change = waiting[expired];
  const own =
    change?.record.key === operation.key && change.record.valueText === operation.valueText;
  if (operation.imported !== undefined && !own) return undefined;
  waiting.splice(0, expired + 1);
  return change;
}

function unchanged(
  statements: StatementCache,
  namespace: string,
  operation: WriteOperation,
  seq: number,
): OperationOutcome {
  const record =
    operation.kind === 'store'
      ? (findMemory(statements, namespace, { key: operation.key }) ??
        newestChangeOf(statements, namespace, operation.key)?.record)
      : undefined;
  if (record === undefined)
    throw new MemorySystemError('the change log does not hold what a committed write did');
  return { kind: 'unchanged', record, seq };
}
