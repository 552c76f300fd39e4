import { statSync } from 'node:fs';

/**
 * Bytes of a file, 0 when there is none. Only stat: opening a database file with fs would drop SQLite's locks
 * of the whole process when it is closed (engine.md pitfall 1).
 */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
