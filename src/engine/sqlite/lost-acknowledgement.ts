import { MemorySystemError } from '../errors.ts';
import type { ChangeRecord } from '../model/change.ts';
import type { Duplicate } from '../model/duplicate.ts';
import type { OutboxEntry } from '../model/participation.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { LinkOutcome, MemoryOutcome, OperationOutcome } from '../model/unit-outcome.ts';
import type { WriteOperation } from '../model/write-operation.ts';
import { looksForDuplicates } from '../operation-targets.ts';
import type { LinkOperation } from './apply-link.ts';
import { live } from './apply-operation.ts';
import { newestChangeOf, readChangesOfUnit } from './change-log.ts';
import { findDuplicates, toDuplicates } from './duplicates.ts';
import { findLink, linkKey } from './links.ts';
import { findMemory } from './memories.ts';
import { entriesOfCommit } from './outbox.ts';
import type { StatementCache } from './statement-cache.ts';
import { findCommit } from './transaction-log.ts';

export interface FoundOutcome {
  readonly csn: number;
  /** In the order of the unit's operations. */
  readonly outcomes: readonly OperationOutcome[];
  /** Absent when nothing is left to do for a participant. */
  readonly outbox?: readonly OutboxEntry[];
}

/**
 * What came of a unit whose acknowledgement was lost with its thread; undefined = it never committed. `afterSeq` is any
 * position before its changes, the newer the quicker. Each operation left one entry in the change log, with these
 * exceptions: a store over an expired memory left the removal before it, an import of what was already there and a store
 * that returned a duplicate left none, and assertions and links never leave one. An import is told by key and content, which is exact as long as no unit holds an
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
    if (operation.kind === 'link' || operation.kind === 'unlink')
      return linkOutcome(statements, unit, operation, csn, newestSeq);
    const change = takeChange(waiting, operation, unit.now);
    const duplicates = duplicatesOf(statements, unit, operation);
    if (change !== undefined)
      return { kind: change.kind, record: change.record, seq: change.seq, ...duplicates };
    const [existing] = duplicates.duplicates ?? [];
    return existing === undefined
      ? unchanged(statements, unit.namespace, operation, newestSeq)
      : { ...unchangedTarget(statements, unit.namespace, existing, newestSeq), ...duplicates };
  });
  const outbox = entriesOfCommit(statements, csn);
  return outbox.length === 0 ? { csn, outcomes } : { csn, outcomes, outbox };
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
  const mayLeaveNone =
    operation.imported !== undefined || operation.onDuplicate === 'return_existing';
  if (mayLeaveNone && !own) return undefined;
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

function unchangedTarget(
  statements: StatementCache,
  namespace: string,
  { id }: Duplicate,
  seq: number,
): MemoryOutcome {
  const record = findMemory(statements, namespace, { id });
  if (record === undefined)
    throw new MemorySystemError('the memory that a committed write returned is gone');
  return { kind: 'unchanged', record, seq };
}

/** Looked for again: what is found now is what the store found, unless the rest of its commit group changed it. */
function duplicatesOf(
  statements: StatementCache,
  { namespace, now }: WriteUnit,
  operation: WriteOperation,
): Pick<MemoryOutcome, 'duplicates'> {
  if (operation.kind !== 'store' || !looksForDuplicates(operation)) return {};
  const { key, valueText, section, persona } = operation;
  const probe = { namespace, key, valueText, section, persona, now };
  return { duplicates: toDuplicates(findDuplicates(statements, probe)) };
}

/** A link that the unit made carries its commit number. That a link was there to remove leaves no trace; it is told as removed. */
function linkOutcome(
  statements: StatementCache,
  unit: WriteUnit,
  operation: LinkOperation,
  csn: number,
  seq: number,
): LinkOutcome {
  const [from, to] = [operation.from, operation.to].map((target) =>
    findMemory(statements, unit.namespace, target),
  );
  if (from === undefined || to === undefined)
    throw new MemorySystemError('a memory that a committed write linked is gone');
  const { kind, link } = operation;
  const found = findLink(statements, linkKey(from.id, link, to.id));
  const changed = kind === 'unlink' || found === undefined || found.csn === csn;
  const since = kind === 'unlink' ? null : (found?.createdAt ?? unit.now);
  const done = kind === 'link' ? 'linked' : 'unlinked';
  return { kind: done, changed, link, from, to, since, record: null, seq };
}
