import type { CommittedTransaction, MemoryOperations, OpenTransaction } from '../engine/index.ts';

/** The first field of a document that failed, whether as an error or as a member of its union. */
export interface FieldFailure {
  readonly error: unknown;
  /** Where in the answer, aliases considered. */
  readonly path: readonly (string | number)[];
}

/** The transaction that an operation runs in. */
export class TransactionScope {
  readonly open: OpenTransaction;
  /**
   * `client`: begun and ended by operations of the client. `document`: of this document alone, committed by the server
   * after its last field, and lost with its first failure.
   */
  readonly endedBy: 'client' | 'document';
  readonly #outside: MemoryOperations;
  #failure: FieldFailure | null = null;
  #committed = false;

  constructor(open: OpenTransaction, endedBy: 'client' | 'document', outside: MemoryOperations) {
    this.open = open;
    this.endedBy = endedBy;
    this.#outside = outside;
  }

  /** Where fields of an answer are loaded from: once this operation has committed, only the store is left to ask. */
  get loadsFrom(): MemoryOperations {
    return this.#committed ? this.#outside : this.open.memories;
  }

  async commit(): Promise<CommittedTransaction> {
    const committed = await this.open.commit();
    this.#committed = true;
    return committed;
  }

  get failure(): FieldFailure | null {
    return this.#failure;
  }

  /** Remembers the first failure only: what fails after it fails because of it. */
  fail(failure: FieldFailure): void {
    this.#failure ??= failure;
  }
}
