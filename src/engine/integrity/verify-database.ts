import { resolve } from 'node:path';
import type { VerifyDepth, VerifyReport } from '../integrity-report.ts';
import { type IntegrityWatch, runIntegrityTask } from '../pool/integrity-thread.ts';

/**
 * Looks for everything that can be known to be wrong with a database, beside whoever uses it: it only reads. Progress counts
 * memories, log entries, texts and vectors. Errors: MemoryDataCorruptionError when the file cannot be opened at all,
 * MemoryConnectionError when it is not there.
 */
export function verifyDatabase(
  path: string,
  { depth, ...watch }: IntegrityWatch & { readonly depth: VerifyDepth },
): Promise<VerifyReport> {
  return runIntegrityTask('verify', { path: resolve(path), depth }, watch);
}
