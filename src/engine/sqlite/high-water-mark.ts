import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Width of a commit number in the file; fixed, so that a shorter number never leaves old digits behind. */
const DIGITS = 16;

/**
 * Newest commit number, kept outside the database (`<file>.hwm`): a damaged WAL frame makes SQLite drop every later
 * commit without an error, and only a witness elsewhere can tell. Not fsynced: after a power cut it may be older than
 * the database, never newer than what was committed before it was written.
 */
export class HighWaterMark {
  readonly #descriptor: number;
  readonly #epoch: string;

  constructor(path: string, epoch: string) {
    const markPath = `${path}.hwm`;
    this.#epoch = epoch;
    this.#descriptor = openSync(markPath, existsSync(markPath) ? 'r+' : 'w');
  }

  write(csn: number): void {
    const line = `${this.#epoch} ${String(csn).padStart(DIGITS, '0')}\n`;
    writeSync(this.#descriptor, line, 0, 'ascii');
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** Forgets everything: for a new epoch, whose numbers start anew. */
  reset(): void {
    ftruncateSync(this.#descriptor, 0);
  }

  /** The mark of this epoch, or null when there is none. */
  static read(path: string, epoch: string): number | null {
    const markPath = `${path}.hwm`;
    if (!existsSync(markPath)) return null;
    const [markEpoch, digits] = readFileSync(markPath, 'ascii').trim().split(' ');
    const csn = Number(digits);
    return markEpoch === epoch && Number.isSafeInteger(csn) ? csn : null;
  }
}
