import { ValidationError } from '../errors.ts';
import { MAX_UNIT_BYTES, MAX_UNIT_OPERATIONS } from '../limits.ts';
import type { Target } from '../model/memory-record.ts';
import type { WriteOperation } from '../model/write-operation.ts';
import { looksForDuplicates, operationTargets } from '../operation-targets.ts';

export interface LogEntry {
  readonly operation: WriteOperation;
  /** Unix ms when it was made. */
  readonly now: number;
}

/**
 * The buffered writes of a transaction. A savepoint is a length; cutting the log starts a new generation, so that
 * whoever has laid part of it over a snapshot knows to begin anew.
 */
export class OperationLog {
  #entries: LogEntry[] = [];
  #generation = 0;
  #bytes = 0;

  get length(): number {
    return this.#entries.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get generation(): number {
    return this.#generation;
  }

  get operations(): readonly WriteOperation[] {
    return this.#entries.map((entry) => entry.operation);
  }

  /** Throws ValidationError when the operations would not fit. */
  checkRoom(operations: readonly WriteOperation[]): void {
    if (this.#entries.length + operations.length > MAX_UNIT_OPERATIONS) {
      throw new ValidationError(`a transaction holds at most ${MAX_UNIT_OPERATIONS} operations`);
    }
    if (this.#bytes + sizeOf(operations) > MAX_UNIT_BYTES) {
      throw new ValidationError(`a transaction holds at most ${MAX_UNIT_BYTES} bytes of writes`);
    }
  }

  append(operations: readonly WriteOperation[], now: number): void {
    for (const operation of operations) this.#entries.push({ operation, now });
    this.#bytes += sizeOf(operations);
  }

  truncate(length: number): void {
    if (length >= this.#entries.length) return;
    const gone = this.#entries.splice(length);
    this.#bytes -= sizeOf(gone.map((entry) => entry.operation));
    this.#generation += 1;
  }

  from(position: number): readonly LogEntry[] {
    return this.#entries.slice(position);
  }

  /**
   * What a step at READ_COMMITTED has to have laid over: the whole log for queries, only the entries of the same keys
   * for single memories, so that a transaction of n stores does n steps of work and not n².
   */
  neededFor(targets: readonly Target[] | null): readonly LogEntry[] {
    const keys = keysOf(targets ?? []);
    const own = this.#entries.map(({ operation }) =>
      looksForDuplicates(operation) ? null : keysOf(operationTargets(operation)),
    );
    // An id and a key may name the same memory, and a duplicate may be any: only where all are keys can entries be told apart.
    if (targets === null || keys === null || own.includes(null)) return this.from(0);
    return this.#entries.filter((_, index) => own[index]?.some((key) => keys.includes(key)));
  }
}

/** null when one of them is named by its id. */
function keysOf(targets: readonly Target[]): readonly string[] | null {
  const keys: string[] = [];
  for (const target of targets) {
    if (!('key' in target)) return null;
    keys.push(target.key);
  }
  return keys;
}

/** Bytes of the texts; names and numbers are small beside them. */
function sizeOf(operations: readonly WriteOperation[]): number {
  return operations.reduce((sum, operation) => {
    switch (operation.kind) {
      case 'store':
        return sum + operation.valueText.length + operation.metadataText.length;
      case 'update':
        return (
          sum +
          (operation.valueText?.length ?? 0) +
          (operation.valuePatchText?.length ?? 0) +
          (operation.metadataPatchText?.length ?? 0)
        );
      case 'append':
        return sum + operation.itemsText.length;
      default:
        return sum;
    }
  }, 0);
}
