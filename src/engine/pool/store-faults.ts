import type { HealthState } from '../backends/backend-statistics.ts';
import type { ErrorCode, MemorySystemError } from '../errors.ts';

const STORE_FAULTS: ReadonlySet<ErrorCode> = new Set([
  'CONNECTION',
  'STORAGE_FULL',
  'READ_ONLY',
  'DATA_CORRUPTION',
  'INTERNAL',
]);

/** A full disk and a file that cannot be written leave reads as they are. */
export function stopsWritesOnly(error: MemorySystemError): boolean {
  return error.code === 'STORAGE_FULL' || error.code === 'READ_ONLY';
}

/** The state of a connection that was in `state` when it met the fault. */
export function stateAfterFault(state: HealthState, error: MemorySystemError): HealthState {
  if (state !== 'OK' && state !== 'DEGRADED') return state;
  return stopsWritesOnly(error) ? 'READ_ONLY' : 'DEGRADED';
}

/** Whether an error counts against the health of the store; all others are the caller's. */
export function isStoreFault(error: MemorySystemError): boolean {
  return STORE_FAULTS.has(error.code);
}
