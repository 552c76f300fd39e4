import type { Scope } from './engine-parts.ts';
import { MemorySystemError, TransactionStateError, ValidationError } from './errors.ts';
import { readText } from './field-rules.ts';
import { requestHash } from './idempotency.ts';
import { IssueCollector } from './issue-collector.ts';
import { Memory } from './memory.ts';
import type { OperationOutcome, UnitOutcome } from './model/unit-outcome.ts';
import { toLinkChange } from './namespace-links.ts';
import { cursorOf } from './namespace-writes.ts';
import {
  normaliseAppend,
  normaliseAssertVersion,
  normaliseDelete,
  normaliseIncrement,
  normaliseLink,
} from './normalise-plain-writes.ts';
import { normaliseStore } from './normalise-store.ts';
import { normaliseUpdate } from './normalise-update.ts';
import type { NormalisedWrite } from './normalised-write.ts';
import type { TransactOutcome, TransactStep, TransactStepResult } from './open-transaction.ts';
import { SavepointStack } from './transaction/savepoint-stack.ts';
import type { WriteOptions } from './write-operations.ts';
import { readWriteTerms, writeUnit } from './write-unit.ts';

/** A step that writes or asserts, and whether a later `rollbackTo` undoes it. */
interface PlannedWrite {
  readonly index: number;
  readonly write: NormalisedWrite;
}

/**
 * A whole transaction in one call. Its steps are known beforehand and none of them reads, so they need no snapshot: they
 * are one unit of work on the newest state, which is serializable whatever level is asked for, and cannot conflict.
 * An error names its step in `data.step`; nothing of the transaction happens then.
 */
export async function transact(
  scope: Scope,
  steps: readonly TransactStep[],
  options?: WriteOptions,
): Promise<TransactOutcome> {
  const now = Date.now();
  const issues = new IssueCollector();
  if (!Array.isArray(steps))
    throw new ValidationError([{ path: ['operations'], message: 'must be a list' }]);
  const planned = plan(issues, steps, now);
  const terms = readWriteTerms(issues, options, scope.engine, now);
  issues.throwIfAny();
  const key = terms.idempotencyKey;
  const idempotency =
    key === null
      ? undefined
      : {
          key,
          requestHash: requestHash(
            'transact',
            planned.map(({ write }) => write.request),
          ),
        };
  const writes = planned.map(({ write }) => write);
  const {
    outcomes,
    replayed,
    pending = [],
  }: Pick<UnitOutcome, 'outcomes' | 'replayed' | 'pending'> = writes.length === 0
    ? { outcomes: [], replayed: false }
    : await counted(scope, () =>
        writeUnit(scope, writes, terms, idempotency).catch((error: unknown) => {
          throw atStep(error, planned);
        }),
      );
  const newest = outcomes.reduce((seq, outcome) => Math.max(seq, outcome.seq), 0);
  return {
    steps: steps.map((step, index) => toResult(step, index, planned, outcomes)),
    cursor: outcomes.length === 0 ? null : cursorOf(scope, newest),
    replayed,
    pending,
  };
}

/** Savepoints are resolved here: what a `rollbackTo` undoes is never sent. */
function plan(
  issues: IssueCollector,
  steps: readonly TransactStep[],
  now: number,
): readonly PlannedWrite[] {
  const savepoints = new SavepointStack();
  let planned: PlannedWrite[] = [];
  for (const [index, step] of steps.entries()) {
    const path = ['operations', String(index)];
    if ('savepoint' in step) {
      savepoints.set(
        readText(issues, step.savepoint, [...path, 'savepoint'], 'savepoint'),
        planned.length,
      );
    } else if ('rollbackTo' in step) {
      planned = planned.slice(
        0,
        known(issues, [...path, 'rollbackTo'], planned.length, () =>
          savepoints.rollbackTo(step.rollbackTo),
        ),
      );
    } else if ('release' in step) {
      known(issues, [...path, 'release'], 0, () => {
        savepoints.release(step.release);
        return 0;
      });
    } else {
      planned.push({ index, write: normalise(issues, step, path, now) });
    }
  }
  return planned;
}

type WritingStep = Exclude<
  TransactStep,
  { savepoint: string } | { rollbackTo: string } | { release: string }
>;

function normalise(
  issues: IssueCollector,
  step: WritingStep,
  path: readonly string[],
  now: number,
): NormalisedWrite {
  if ('store' in step) return normaliseStore(issues, step.store, [...path, 'store'], now);
  if ('update' in step) return normaliseUpdate(issues, step.update, [...path, 'update'], now);
  if ('increment' in step)
    return normaliseIncrement(issues, step.increment, [...path, 'increment']);
  if ('append' in step) return normaliseAppend(issues, step.append, [...path, 'append']);
  if ('link' in step) return normaliseLink(issues, 'link', step.link, [...path, 'link']);
  if ('unlink' in step) return normaliseLink(issues, 'unlink', step.unlink, [...path, 'unlink']);
  if ('delete' in step) return normaliseDelete(issues, step.delete, [...path, 'delete']);
  return normaliseAssertVersion(issues, step.assert, [...path, 'assert']);
}

/** An unknown savepoint is a mistake in the input, like any other. */
function known(
  issues: IssueCollector,
  path: readonly string[],
  otherwise: number,
  use: () => number,
): number {
  try {
    return use();
  } catch (error) {
    if (!(error instanceof TransactionStateError)) throw error;
    issues.add(path, error.message);
    return otherwise;
  }
}

function toResult(
  step: TransactStep,
  index: number,
  planned: readonly PlannedWrite[],
  outcomes: readonly OperationOutcome[],
): TransactStepResult {
  const kind = KINDS.find((name) => name in step) ?? 'assert';
  const position = planned.findIndex((write) => write.index === index);
  const outcome = outcomes[position];
  const writes = kind !== 'savepoint' && kind !== 'rollbackTo' && kind !== 'release';
  return {
    index,
    kind,
    memory: outcome?.record == null ? null : new Memory(outcome.record),
    link: outcome?.kind === 'linked' || outcome?.kind === 'unlinked' ? toLinkChange(outcome) : null,
    duplicates: (outcome !== undefined && 'duplicates' in outcome && outcome.duplicates) || [],
    rolledBack: writes && position < 0,
  };
}

const KINDS = [
  'store',
  'update',
  'increment',
  'append',
  'delete',
  'link',
  'unlink',
  'assert',
  'savepoint',
  'rollbackTo',
  'release',
] as const;

function atStep(error: unknown, planned: readonly PlannedWrite[]): unknown {
  if (!(error instanceof MemorySystemError)) return error;
  const operation = error.data['operation'];
  // A unit of one operation does not number it.
  const position = typeof operation === 'number' ? operation : planned.length === 1 ? 0 : -1;
  const step = planned[position]?.index;
  return step === undefined ? error : error.atStep(step);
}

/** Inside an open transaction it is only a part of that one. */
function counted<T>({ engine }: Scope, commit: () => Promise<T>): Promise<T> {
  return engine.insideTransaction === true ? commit() : engine.transactions.counted(commit);
}
