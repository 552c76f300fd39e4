import type { VerifyDepth, VerifyReport } from '../../integrity-report.ts';
import { openDatabase } from '../database.ts';
import { type VerifyProgress, verifyFile } from './verify-file.ts';

/** Verifies a file through a connection of its own that only reads, beside whoever has it open. */
export function verifyPath(
  path: string,
  depth: VerifyDepth,
  onProgress: (progress: VerifyProgress) => void,
): VerifyReport {
  const database = openDatabase({
    ...{ path, role: 'reader', synchronous: 'FULL', mmapSize: 0, embedder: null },
  });
  try {
    return verifyFile(database, path, depth, onProgress);
  } finally {
    database.close();
  }
}
