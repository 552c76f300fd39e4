import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { ProgressBoard } from './progress-board.ts';

/*
 * For the maintenance thread, where waiting for the disk holds nobody up. Never for a database that is open: closing any
 * descriptor of it would drop SQLite's locks of the whole process (engine.md pitfall 1).
 */

const CHUNK_BYTES = 1_048_576;
/** Bytes that count as one step of progress, as a page of a database does. */
export const STEP_BYTES = 4_096;

/** SHA-256 of a file in hex; with `copyTo` the bytes that were hashed are also written there. */
export function hashFile(path: string, board: ProgressBoard, copyTo?: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const source = openSync(path, 'r');
  try {
    const target = copyTo === undefined ? null : openSync(copyTo, 'wx');
    try {
      for (;;) {
        const bytes = readSync(source, chunk, 0, CHUNK_BYTES, null);
        if (bytes === 0) return hash.digest('hex');
        hash.update(chunk.subarray(0, bytes));
        if (target !== null) writeAll(target, chunk.subarray(0, bytes));
        board.advance(Math.ceil(bytes / STEP_BYTES));
      }
    } finally {
      if (target !== null) closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

/** On return the content of the file is on the disk. */
export function syncFile(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** On return the new name is on the disk, and what stood under it before is gone. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  syncDirectory(dirname(to));
}

/** Whole or not at all, whatever happens meanwhile. */
export function writeDurably(path: string, text: string): void {
  const partial = `${path}.partial`;
  writeFileSync(partial, text);
  syncFile(partial);
  renameDurably(partial, path);
}

export function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}
