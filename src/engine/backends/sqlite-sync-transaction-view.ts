import type { OperationOutcome } from '../model/unit-outcome.ts';
import type { WriteOperation } from '../model/write-operation.ts';
import type { TransactionSessions } from '../sqlite/transaction-sessions.ts';
import { runStep, type TransactionStep } from '../sqlite/transaction-step.ts';
import type { TransactionRead, TransactionView } from './backend.ts';
import type { DamageGate } from './damage-gate.ts';
import { OperationLog } from './operation-log.ts';
import { targetsOf } from './transaction-action.ts';

/** READ_COMMITTED in this process: every step lays the whole log over the newest commit. */
export class SqliteSyncTransactionView implements TransactionView {
  readonly snapshotCsn = null;
  readonly #namespace: string;
  readonly #sessions: TransactionSessions;
  readonly #gate: DamageGate;
  readonly #log = new OperationLog();

  constructor(namespace: string, sessions: TransactionSessions, gate: DamageGate) {
    this.#gate = gate;
    this.#namespace = namespace;
    this.#sessions = sessions;
  }

  get bytes(): number {
    return this.#log.bytes;
  }

  get operations(): readonly WriteOperation[] {
    return this.#log.operations;
  }

  async write(
    operations: readonly WriteOperation[],
    now: number,
    deadline: number,
  ): Promise<readonly OperationOutcome[]> {
    this.#log.checkRoom(operations);
    const outcomes = this.#step({ kind: 'write', operations, now }, deadline);
    this.#log.append(operations, now);
    return outcomes as readonly OperationOutcome[];
  }

  async read(read: TransactionRead, deadline: number): Promise<unknown> {
    if (read.kind === 'answer') return this.#step({ kind: 'read', read }, deadline);
    this.#gate.guard(read.kind, read.args);
    const result = this.#step({ kind: 'read', read }, deadline);
    this.#gate.guardAnswer(read.kind, read.args, result);
    return result;
  }

  truncate(length: number): void {
    this.#log.truncate(length);
  }

  async validation(): Promise<undefined> {
    return undefined;
  }

  /** Nothing is pinned. */
  async end(): Promise<void> {}

  #step(action: TransactionStep['action'], deadline: number): unknown {
    return runStep(this.#sessions, {
      snapshot: null,
      namespace: this.#namespace,
      deadline,
      generation: this.#log.generation,
      from: 0,
      log: this.#log.neededFor(targetsOf(action)),
      action,
    });
  }
}
