import { resolve } from 'node:path';
import type { RepairOptions, RepairReport } from '../integrity-report.ts';
import { type IntegrityWatch, runIntegrityTask } from '../pool/integrity-thread.ts';

/**
 * Puts a sound file in the place of a damaged one, which is kept beside it. Nobody may have it open. Errors: MemoryConnectionError
 * when somebody has, MemoryDataCorruptionError when nothing can be read, ValidationError for an unusable backup; after an error
 * everything is as it was.
 */
export function repairDatabase(
  path: string,
  { backup, dryRun, ...watch }: IntegrityWatch & Omit<RepairOptions, 'path'>,
): Promise<RepairReport> {
  const full = backup === null ? null : resolve(backup);
  return runIntegrityTask('repair', { path: resolve(path), backup: full, dryRun }, watch);
}
