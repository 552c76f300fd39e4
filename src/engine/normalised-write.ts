import { byteLengthOf } from './json-input.ts';
import type { WriteOperation } from './model/write-operation.ts';

/** A checked write: the operation for the writer, what its request hash covers, and its size in bytes. */
export interface NormalisedWrite {
  readonly operation: WriteOperation;
  /** The operation as the caller said it: `ttlSeconds` instead of the moment it leads to. */
  readonly request: unknown;
  readonly bytes: number;
}

/** Bytes that a unit's bookkeeping adds to its texts, so that many empty operations are not free. */
const OPERATION_OVERHEAD_BYTES = 64;

/** Bytes of the texts that the writer is sent. */
export function sizeOf(texts: readonly (string | undefined)[]): number {
  return texts.reduce(
    (sum, text) => sum + (text === undefined ? 0 : byteLengthOf(text)),
    OPERATION_OVERHEAD_BYTES,
  );
}
