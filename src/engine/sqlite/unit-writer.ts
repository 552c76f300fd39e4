import { MemorySystemError, MemoryTimeoutError } from '../errors.ts';
import type { ChangeKind } from '../model/change.ts';
import type { MemoryRecord } from '../model/memory-record.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { LinkOutcome, OperationOutcome, UnitOutcome } from '../model/unit-outcome.ts';
import type { WriteOperation } from '../model/write-operation.ts';
import { type LinkOperation, linkEffectOf, supersedingLinks, toLinkOutcome } from './apply-link.ts';
import { effectOf, type MemoryOperation, type OperationContext } from './apply-operation.ts';
import { appendChange } from './change-log.ts';
import { findDuplicates, withDuplicates } from './duplicates.ts';
import { keepBeforeImage, oldestLoggedCsn } from './history-trim.ts';
import { findReplay, saveAnswers } from './idempotency.ts';
import { IndexBatch, type IndexChange, merge } from './index-batch.ts';
import { deleteLink, insertLink } from './links.ts';
import { deleteMemory, findMemory, insertMemory, setAccess, updateMemory } from './memories.ts';
import type { PersonaIds } from './personas.ts';
import { type StoredForm, storedForm } from './record-row.ts';
import type { StatementCache } from './statement-cache.ts';
import { logCommit } from './transaction-log.ts';
import type { Validator } from './validator.ts';
import type { VectorWriter } from './vector-writer.ts';

/** Numbers handed out inside a group; a member that is rolled back gives its numbers back. */
export interface Counters {
  readonly csn: number;
  readonly changeSeq: number;
  readonly lastMemoryId: number;
}

/**
 * Applies one unit of work on the newest state, inside the caller's savepoint. Writes the memories, their change log
 * entries, the outcome and the stored answers; the changes of the indexes are only collected, for the group to apply once.
 */
export class UnitWriter {
  readonly #statements: StatementCache;
  readonly #validator: Validator;
  readonly #personas: PersonaIds;
  readonly #incarnation: number;
  readonly #unit: WriteUnit;
  readonly #vectors: VectorWriter;
  /** What the derived tables have yet to follow. */
  readonly indexChanges = new Map<number, IndexChange>();
  #oldestCsn: number | undefined;
  #hasWritten = false;
  #csn: number;
  #changeSeq: number;
  #lastMemoryId: number;

  constructor(
    statements: StatementCache,
    validator: Validator,
    personas: PersonaIds,
    vectors: VectorWriter,
    incarnation: number,
    counters: Counters,
    unit: WriteUnit,
  ) {
    this.#statements = statements;
    this.#validator = validator;
    this.#personas = personas;
    this.#vectors = vectors;
    this.#incarnation = incarnation;
    this.#unit = unit;
    this.#csn = counters.csn;
    this.#changeSeq = counters.changeSeq;
    this.#lastMemoryId = counters.lastMemoryId;
  }

  get counters(): Counters {
    return {
      csn: this.#csn,
      changeSeq: this.#changeSeq,
      lastMemoryId: this.#lastMemoryId,
    };
  }

  /** Whether anything of the unit may be in the file, also when `apply` threw. */
  get hasWritten(): boolean {
    return this.#hasWritten;
  }

  apply(): UnitOutcome {
    const unit = this.#unit;
    if (Date.now() > unit.deadline) {
      throw new MemoryTimeoutError(
        'the deadline passed before the write was started; nothing was stored',
        { data: { outcome: 'none' } },
      );
    }
    const replay = findReplay(this.#statements, unit);
    if (replay !== undefined) return replay;
    this.#validator.check(unit, this.#csn);
    this.#csn += 1;
    const outcomes = unit.operations.map((operation, index) => this.#locate(operation, index));
    // An answer under an idempotency key is kept even when nothing had to be done for it.
    if (outcomes.every(changedNothing) && !this.#isIdempotent) {
      this.#csn -= 1;
      return { csn: this.#csn, outcomes, replayed: false };
    }
    const outcome: UnitOutcome = { csn: this.#csn, outcomes, replayed: false };
    this.#hasWritten = true;
    logCommit(this.#statements, unit.txid, this.#csn, this.#incarnation, unit.now);
    saveAnswers(this.#statements, unit, outcome);
    return outcome;
  }

  /** Errors of a unit with several operations say which one failed. */
  #locate(operation: WriteOperation, index: number): OperationOutcome {
    try {
      return operation.kind === 'link' || operation.kind === 'unlink'
        ? this.#performLink(operation, this.#context(index))
        : this.#perform(operation, this.#context(index));
    } catch (error) {
      const several = this.#unit.operations.length > 1;
      throw several && error instanceof MemorySystemError ? error.atOperation(index) : error;
    }
  }

  get #isIdempotent(): boolean {
    const { idempotency, innerRequests } = this.#unit;
    return idempotency !== undefined || (innerRequests?.length ?? 0) > 0;
  }

  #performLink(operation: LinkOperation, context: OperationContext): LinkOutcome {
    const effect = linkEffectOf(operation, context);
    this.#hasWritten ||= effect.changed;
    if (effect.changed && effect.kind === 'linked')
      insertLink(this.#statements, this.#unit.namespace, effect.link);
    if (effect.changed && effect.kind === 'unlinked') deleteLink(this.#statements, effect.link);
    return toLinkOutcome(effect, this.#changeSeq);
  }

  #perform(operation: MemoryOperation, context: OperationContext): OperationOutcome {
    const effect = effectOf(operation, context);
    this.#hasWritten ||= effect.kind !== 'unchanged' && effect.kind !== 'asserted';
    switch (effect.kind) {
      case 'created': {
        if (effect.expired !== undefined) this.#remove(effect.expired);
        const { after } = effect;
        const stored = storedForm(after);
        insertMemory(this.#statements, after, stored, this.#personaId(after));
        this.#lastMemoryId = Math.max(this.#lastMemoryId, after.id);
        if (effect.withAccess) this.#saveAccess(after);
        this.#index(after.id, { kind: 'insert', record: after });
        for (const link of supersedingLinks(context, after, effect.supersededIds))
          insertLink(this.#statements, after.namespace, link);
        const seq = this.#log('created', after, stored);
        return withDuplicates({ kind: 'created', record: after, seq }, effect.duplicates);
      }
      case 'updated': {
        const { before, after } = effect;
        this.#keepIfTrimmed(before);
        const stored = storedForm(after);
        updateMemory(this.#statements, before, after, stored, this.#personaId(after));
        if (effect.withAccess) this.#saveAccess(after);
        this.#index(after.id, { kind: 'replace', record: after });
        return { kind: 'updated', record: after, seq: this.#log('updated', after, stored) };
      }
      case 'deleted':
        return { kind: 'deleted', record: effect.before, seq: this.#remove(effect.before) };
      case 'unchanged':
        return withDuplicates(
          { kind: 'unchanged', record: effect.record, seq: this.#changeSeq },
          effect.duplicates,
        );
      case 'asserted':
        return { kind: 'asserted', record: null, seq: this.#changeSeq };
    }
  }

  #context(index: number): OperationContext {
    const { namespace, now, operations } = this.#unit;
    return {
      statements: this.#statements,
      namespace,
      now,
      csn: this.#csn,
      path: operations.length > 1 ? ['operations', String(index)] : [],
      find: (target) => findMemory(this.#statements, namespace, target),
      nextId: () => {
        this.#lastMemoryId += 1;
        return this.#lastMemoryId;
      },
      findDuplicates: ({ key, valueText, section, persona }) => {
        this.#indexNow();
        return findDuplicates(this.#statements, {
          namespace,
          key,
          valueText,
          section,
          persona,
          now,
        });
      },
    };
  }

  /** Before a search: the group has applied the texts of the members before this one, this applies its own. */
  #indexNow(): void {
    const batch = new IndexBatch(this.#statements, this.#vectors);
    batch.add(this.indexChanges);
    batch.apply();
    this.indexChanges.clear();
  }

  #saveAccess({ id, accessedAt, accessCount }: MemoryRecord): void {
    setAccess(this.#statements, id, accessedAt, accessCount);
  }

  #remove(record: MemoryRecord): number {
    this.#keepIfTrimmed(record);
    deleteMemory(this.#statements, record.id);
    this.#index(record.id, { kind: 'delete', record });
    return this.#log('deleted', record, storedForm(record));
  }

  /** The log must go on holding what a memory was before its oldest entry. */
  #keepIfTrimmed(before: MemoryRecord): void {
    // An empty log begins with this unit.
    this.#oldestCsn ??= oldestLoggedCsn(this.#statements) ?? this.#csn;
    if (before.csn < this.#oldestCsn) keepBeforeImage(this.#statements, before);
  }

  #log(kind: ChangeKind, record: MemoryRecord, stored: StoredForm): number {
    this.#changeSeq += 1;
    const { txid, now } = this.#unit;
    const change = {
      seq: this.#changeSeq,
      csn: this.#csn,
      txid,
      kind,
      at: now,
      record,
    };
    appendChange(this.#statements, change, stored);
    return this.#changeSeq;
  }

  #index(id: number, change: IndexChange): void {
    this.indexChanges.set(id, merge(this.indexChanges.get(id), change));
  }

  #personaId({ persona, namespace }: MemoryRecord): number | null {
    return persona === null
      ? null
      : this.#personas.ensure(this.#statements, namespace, persona, this.#unit.now);
  }
}

function changedNothing(outcome: OperationOutcome): boolean {
  if (outcome.kind === 'linked' || outcome.kind === 'unlinked') return !outcome.changed;
  return outcome.kind === 'unchanged' || outcome.kind === 'asserted';
}
