import type { CommitMode, Participation } from './participation.ts';
import type { Validation } from './validation.ts';
import type { WriteOperation } from './write-operation.ts';

/** An idempotent request inside a transaction: which of the unit's operations are its, and the key of its answer. */
export interface InnerRequest {
  readonly key: string;
  readonly requestHash: string;
  readonly first: number;
  readonly count: number;
}

/** All or nothing: the writer applies the operations under one savepoint and acknowledges after COMMIT. */
export interface WriteUnit {
  /** UUIDv7; finds the outcome after a crash. */
  readonly txid: string;
  readonly namespace: string;
  readonly operations: readonly WriteOperation[];
  readonly idempotency?: { readonly key: string; readonly requestHash: string } | undefined;
  /** Idempotent requests inside a transaction, answered in the same commit. */
  readonly innerRequests?: readonly InnerRequest[] | undefined;
  readonly validation?: Validation | undefined;
  /** Absent: as configured. */
  readonly commitMode?: CommitMode | undefined;
  readonly participation?: Participation | undefined;
  /** Unix ms after which the writer refuses to start it. */
  readonly deadline: number;
  /** Wall clock of the caller, the one source of createdAt and updatedAt. */
  readonly now: number;
}
