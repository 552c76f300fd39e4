import { MemorySystemError, SnapshotTooOldError } from '../errors.ts';
import type { OperationOutcome } from '../model/unit-outcome.ts';
import type { Validation } from '../model/validation.ts';
import type { WriteOperation } from '../model/write-operation.ts';
import type { Reader } from '../pool/reader.ts';
import { ThreadLostError } from '../pool/thread.ts';
import type { TransactionRead, TransactionView } from './backend.ts';
import type { DamageGate } from './damage-gate.ts';
import { OperationLog } from './operation-log.ts';
import type { Snapshot, SnapshotPolicy } from './snapshot-policy.ts';
import { type TransactionAction, targetsOf } from './transaction-action.ts';
import { withDeadline } from './with-deadline.ts';

/** `data.reason` of the error of a session that needs the whole log (sqlite/transaction-session.ts). */
const OUT_OF_STEP = 'out_of_step';

/** One transaction's view through the reader threads: a pinned snapshot in one of them, or none at READ_COMMITTED. */
export class SqliteTransactionView implements TransactionView {
  readonly #namespace: string;
  readonly #anyReader: () => Reader;
  readonly #policy: SnapshotPolicy;
  readonly #snapshot: Snapshot | null;
  readonly #gate: DamageGate;
  readonly #log = new OperationLog();
  /** How much of the log the snapshot's overlay holds, and of which generation. */
  #sent = 0;
  #sentGeneration = 0;
  #ended = false;

  constructor(
    namespace: string,
    anyReader: () => Reader,
    policy: SnapshotPolicy,
    snapshot: Snapshot | null,
    gate: DamageGate,
  ) {
    this.#gate = gate;
    this.#namespace = namespace;
    this.#anyReader = anyReader;
    this.#policy = policy;
    this.#snapshot = snapshot;
  }

  get snapshotCsn(): number | null {
    return this.#snapshot?.csn ?? null;
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
    const outcomes = await this.#step({ kind: 'write', operations, now }, deadline);
    this.#log.append(operations, now);
    // The session has them in its overlay already.
    this.#sent = this.#log.length;
    return outcomes as readonly OperationOutcome[];
  }

  async read(read: TransactionRead, deadline: number): Promise<unknown> {
    if (read.kind === 'answer') return this.#step({ kind: 'read', read }, deadline);
    this.#gate.guard(read.kind, read.args);
    const result = await this.#step({ kind: 'read', read }, deadline);
    this.#gate.guardAnswer(read.kind, read.args, result);
    return result;
  }

  truncate(length: number): void {
    this.#log.truncate(length);
  }

  async validation(deadline: number): Promise<Validation | undefined> {
    const snapshot = this.#snapshot;
    if (snapshot === null) return undefined;
    const args = {
      id: snapshot.id,
      generation: this.#log.generation,
      from: 0,
      log: this.#log.from(0),
    };
    return this.#guarded(
      snapshot.reader,
      (reader) => reader.transaction('validation', args),
      deadline,
    );
  }

  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#snapshot !== null) await this.#policy.release(this.#snapshot);
  }

  async #step(action: TransactionAction, deadline: number): Promise<unknown> {
    const reader = this.#snapshot?.reader ?? this.#anyReader();
    try {
      return await this.#send(reader, action, deadline, this.#knownLength());
    } catch (error) {
      // Without a snapshot nothing was lost with the thread: a step leaves nothing behind.
      if (error instanceof ThreadLostError && this.#snapshot === null)
        return this.#send(this.#anyReader(), action, deadline, 0);
      if (!(error instanceof MemorySystemError) || error.data['reason'] !== OUT_OF_STEP)
        throw error;
      return this.#send(reader, action, deadline, 0);
    }
  }

  async #send(
    reader: Reader,
    action: TransactionAction,
    deadline: number,
    from: number,
  ): Promise<unknown> {
    const { generation } = this.#log;
    const step = {
      snapshot: this.#snapshot?.id ?? null,
      namespace: this.#namespace,
      deadline,
      generation,
      from,
      log: this.#snapshot === null ? this.#log.neededFor(targetsOf(action)) : this.#log.from(from),
      action,
    };
    const length = this.#log.length;
    const result = await this.#guarded(
      reader,
      (on) => on.transaction('transactionStep', step),
      deadline,
    );
    this.#sent = length;
    this.#sentGeneration = generation;
    return result;
  }

  /** Without a snapshot the overlay is laid anew for every step. */
  #knownLength(): number {
    const known = this.#snapshot !== null && this.#sentGeneration === this.#log.generation;
    return known ? this.#sent : 0;
  }

  async #guarded<T>(
    reader: Reader,
    call: (reader: Reader) => Promise<T>,
    deadline: number,
  ): Promise<T> {
    this.#policy.check(this.#snapshot);
    try {
      return await withDeadline(call(reader), deadline);
    } catch (error) {
      if (!(error instanceof ThreadLostError) || this.#snapshot === null) throw error;
      throw new SnapshotTooOldError('the snapshot was lost with the thread that held it', {
        cause: error,
        remedy: 'Run the whole transaction again.',
      });
    }
  }
}
