import { MemoryDataCorruptionError, type MemorySystemError } from '../errors.ts';
import type { Finding } from '../integrity-report.ts';

/**
 * Why a file is not to be written to any more; null when what was found concerns single rows, or nothing. Lost commits are told
 * first: they are what an operator must know of.
 */
export function quarantineReason(findings: readonly Finding[]): string | null {
  const structure = findings.filter(({ scope }) => scope === 'structure');
  const first = structure.find(({ area }) => area === 'counters') ?? structure[0];
  return first?.problem ?? null;
}

/** What a write is refused with. */
export function quarantineError(reason: string): MemorySystemError {
  return new MemoryDataCorruptionError(`the database is in quarantine: ${reason}`, {
    remedy:
      'Stop the server and run `trinitas repair`, or restore a backup. To accept the loss of commits alone, delete the file ending in .hwm beside the database.',
  });
}
