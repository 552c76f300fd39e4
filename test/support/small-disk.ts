import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  statfsSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder on a file system of so many MB, or why there is none. Unmounted when the test is over. */
export function mountSmallDisk(
  megabytes: number,
): { readonly folder: string } | { readonly reason: string } {
  const folder = mkdtempSync(join(tmpdir(), 'trinitas-disk-'));
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  onTestFinished(() => {
    if (mount.status === 0) spawnSync('umount', [folder]);
    rmdirSync(folder);
  });
  return mount.status === 0
    ? { folder }
    : { reason: mount.error?.message ?? mount.stderr.toString().trim() };
}

/** Another program's file that takes whatever space is left; calling it again takes what was freed meanwhile. */
export class Filler {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, 'filler');
  }

  /** Takes all but `leave` bytes. */
  fill(leave = 0): void {
    const descriptor = openSync(this.#path, 'a');
    try {
      for (let bytes = this.#free() - leave; bytes > 0; bytes = this.#free() - leave)
        if (writeSync(descriptor, Buffer.alloc(Math.min(bytes, 1_048_576), 1)) === 0) return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    } finally {
      closeSync(descriptor);
    }
  }

  remove(): void {
    unlinkSync(this.#path);
  }

  #free(): number {
    const { bavail, bsize } = statfsSync(this.#path);
    return bavail * bsize;
  }
}
