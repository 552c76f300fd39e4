import type { ErrorCode, MemorySystemError } from '../errors.ts';

const STORE_FAULTS: ReadonlySet<ErrorCode> = new Set([
  'CONNECTION',
  'STORAGE_FULL',
  'READ_ONLY',
  'DATA_CORRUPTION',
  'INTERNAL',
]);

/** Whether an error counts against the health of the store; all others are the caller's. */
export function isStoreFault(error: MemorySystemError): boolean {
  return STORE_FAULTS.has(error.code);
}
