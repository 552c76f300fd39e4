import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder on a file system of so many MB, or why there is none (root may mount). Unmounted when the test is over. */
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
