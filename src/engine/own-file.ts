import { closeSync, openSync, readSync } from 'node:fs';
import { ValidationError } from './errors.ts';

/** `TRIN` in ASCII: tells our files from any other SQLite database. */
export const APPLICATION_ID = 0x5452494e;

/** Where the application id stands in a file (sqlite.org/fileformat.html, the database header). */
const APPLICATION_ID_OFFSET = 68;
const HEADER_BYTES = 100;

/** The first bytes of a file; shorter when the file is. Only for files that this process has not open through SQLite (engine.md pitfall 1). */
export function readFileHeader(path: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  try {
    const file = openSync(path, 'r');
    try {
      return header.subarray(0, readSync(file, header, 0, header.length, 0));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new ValidationError(`${path} cannot be read`, { cause: error });
  }
}

/** Whether a file was written by this program; ValidationError when it cannot be read. */
export function isOwnFile(path: string): boolean {
  const header = readFileHeader(path);
  return (
    header.length === HEADER_BYTES && header.readUInt32BE(APPLICATION_ID_OFFSET) === APPLICATION_ID
  );
}
