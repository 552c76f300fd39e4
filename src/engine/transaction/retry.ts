import { setTimeout as delay } from 'node:timers/promises';
import { MemorySystemError } from '../errors.ts';

/** Waits grow from 5 ms to 500 ms, with full jitter (engine.md section 2). */
const BASE_MS = 5;
const CAP_MS = 500;
export const DEFAULT_MAX_RETRIES = 8;

/** What another attempt can cure: somebody else was first, the snapshot is gone, a queue was full. */
const RETRYABLE = new Set(['CONFLICT', 'SNAPSHOT_TOO_OLD', 'OVERLOADED']);

export function canRetry(error: unknown): error is MemorySystemError {
  return error instanceof MemorySystemError && RETRYABLE.has(error.code);
}

/** Waits before attempt `attempt` (1 = the first retry). */
export async function waitBeforeRetry(attempt: number): Promise<void> {
  await delay(Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt));
}
