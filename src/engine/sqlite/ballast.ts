import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { sizeOf } from '../file-size.ts';

/** Bytes written at once; also the smallest reserve and the step in which it grows. */
export const BALLAST_STEP = 1_048_576;

/**
 * Space kept in reserve on the disk of the database (`<file>.ballast`): when the disk is full, even folding the WAL back
 * needs room, and this file is given up for it (engine.md pitfall 6). SQLite never opens it.
 */
export class Ballast {
  readonly #path: string;
  #bytes: number;

  constructor(database: string) {
    this.#path = `${database}.ballast`;
    this.#bytes = sizeOf(this.#path);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Makes it at least so long. Throws ENOSPC when there is no room; what was written by then stays. */
  grow(bytes: number): void {
    if (this.#bytes >= bytes) return;
    // Noise, since a file system that compresses would keep no space for zeros.
    const noise = randomFillSync(Buffer.alloc(Math.min(BALLAST_STEP, bytes - this.#bytes)));
    const descriptor = openSync(this.#path, 'a');
    try {
      while (this.#bytes < bytes)
        this.#bytes += writeSync(descriptor, noise, 0, Math.min(noise.length, bytes - this.#bytes));
    } finally {
      closeSync(descriptor);
    }
  }

  shrink(bytes: number): void {
    if (this.#bytes <= bytes) return;
    truncateSync(this.#path, bytes);
    this.#bytes = bytes;
  }

  /** Gives the space back to the disk. */
  release(): void {
    rmSync(this.#path, { force: true });
    this.#bytes = 0;
  }
}
