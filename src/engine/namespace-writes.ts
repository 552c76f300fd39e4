import { encodeChangeCursor } from './change-cursor.ts';
import type { Scope } from './engine-parts.ts';
import { MemorySystemError } from './errors.ts';
import { requestHash } from './idempotency.ts';
import { IssueCollector } from './issue-collector.ts';
import { Memory } from './memory.ts';
import type { MemoryOutcome, OperationOutcome, UnitOutcome } from './model/unit-outcome.ts';
import {
  normaliseAppend,
  normaliseAssertVersion,
  normaliseDelete,
  normaliseIncrement,
} from './normalise-plain-writes.ts';
import { normaliseStore } from './normalise-store.ts';
import { normaliseUpdate } from './normalise-update.ts';
import type { NormalisedWrite } from './normalised-write.ts';
import type {
  AppendInput,
  AssertVersionInput,
  DeleteInput,
  IncrementInput,
  StoreInput,
  UpdateInput,
  WriteOptions,
} from './write-operations.ts';
import type { DeleteResult, WriteResult } from './write-results.ts';
import { readWriteTerms, writeUnit } from './write-unit.ts';

type Normalise = (issues: IssueCollector, now: number) => NormalisedWrite;

export async function store(
  scope: Scope,
  input: StoreInput,
  options?: WriteOptions,
): Promise<WriteResult> {
  return await writeOne(scope, (issues, now) => normaliseStore(issues, input, [], now), options);
}

export async function update(
  scope: Scope,
  input: UpdateInput,
  options?: WriteOptions,
): Promise<WriteResult> {
  return await writeOne(scope, (issues, now) => normaliseUpdate(issues, input, [], now), options);
}

export async function increment(
  scope: Scope,
  input: IncrementInput,
  options?: WriteOptions,
): Promise<WriteResult> {
  return await writeOne(scope, (issues) => normaliseIncrement(issues, input, []), options);
}

export async function append(
  scope: Scope,
  input: AppendInput,
  options?: WriteOptions,
): Promise<WriteResult> {
  return await writeOne(scope, (issues) => normaliseAppend(issues, input, []), options);
}

/** Named `remove` because `delete` is a word of the language. */
export async function remove(
  scope: Scope,
  input: DeleteInput,
  options?: WriteOptions,
): Promise<DeleteResult> {
  const { memory, replayed, cursor, pending } = await writeOne(
    scope,
    (issues) => normaliseDelete(issues, input, []),
    options,
  );
  return { deleted: memory, replayed, cursor, pending };
}

/** What the caller of one write is told. */
export function toWriteResult(
  scope: Scope,
  outcome: MemoryOutcome,
  { replayed, pending = [] }: Pick<UnitOutcome, 'replayed' | 'pending'>,
): WriteResult {
  return {
    memory: new Memory(outcome.record),
    created: outcome.kind === 'created',
    replayed,
    cursor: cursorOf(scope, outcome.seq),
    duplicates: outcome.duplicates ?? [],
    pending,
  };
}

/** Position of a write in the change feed; inside a transaction (seq 0) the one before its commit. */
export function cursorOf({ engine }: Scope, seq: number): string {
  const { epoch } = engine.backend.info;
  return encodeChangeCursor(seq === 0 ? engine.changes.head : { epoch, seq });
}

/** Fails unless the memory has this version now (0 = it does not exist); inside a transaction again at its commit. */
export async function assertVersion(scope: Scope, input: AssertVersionInput): Promise<void> {
  const now = Date.now();
  const issues = new IssueCollector();
  const write = normaliseAssertVersion(issues, input, []);
  const terms = readWriteTerms(issues, undefined, scope.engine, now);
  issues.throwIfAny();
  await writeUnit(scope, [write], terms);
}

/** The outcome at `index`; a backend that answers fewer outcomes than operations is broken. */
export function outcomeAt(outcomes: readonly OperationOutcome[], index: number): MemoryOutcome {
  const outcome = outcomes[index];
  if (outcome === undefined || outcome.record === null)
    throw new MemorySystemError(`the backend answered no outcome for operation ${index}`);
  return outcome;
}

async function writeOne(
  scope: Scope,
  normalise: Normalise,
  options: WriteOptions | undefined,
): Promise<WriteResult> {
  const now = Date.now();
  const issues = new IssueCollector();
  const write = normalise(issues, now);
  const terms = readWriteTerms(issues, options, scope.engine, now);
  issues.throwIfAny();
  const key = terms.idempotencyKey;
  const idempotency =
    key === null
      ? undefined
      : { key, requestHash: requestHash(write.operation.kind, write.request) };
  const committed = await writeUnit(scope, [write], terms, idempotency);
  return toWriteResult(scope, outcomeAt(committed.outcomes, 0), committed);
}
