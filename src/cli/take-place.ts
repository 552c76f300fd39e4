import { existsSync, statSync } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MemoryConnectionError, ValidationError } from '../engine/index.ts';

/** Files that SQLite would take for a part of the database that lies beside them. */
const COMPANIONS = ['-journal', '-wal', '-shm'] as const;

/** Everything an engine may leave beside a database, and the database. */
const LEFTOVERS = ['', ...COMPANIONS, '.owner', '.replicas', '.hwm', '.ballast'] as const;

/** Names that are tried for a kept file. */
const MAX_KEPT = 1_000;

/** Throws when a file lies beside `path` that would be taken for a part of a database there. */
export function assertNoCompanions(path: string): void {
  const found = COMPANIONS.map((ending) => `${path}${ending}`).filter((name) => existsSync(name));
  if (found.length === 0) return;
  throw new ValidationError(
    `${found.join(' and ')} lies beside the database: a program has it open, or was killed`,
    { remedy: 'End that program, or open the file once with it, so that it can roll back.' },
  );
}

/** Where the replaced file of `path` is kept: the first name that is free, or that is the same file since an earlier run was killed. */
export function keptPathOf(path: string): string {
  const own = identityOf(path);
  for (let number = 1; number <= MAX_KEPT; number += 1) {
    const kept = number === 1 ? `${path}.trinitas-v4` : `${path}.trinitas-v4.${number}`;
    if (!existsSync(kept) || identityOf(kept) === own) return kept;
  }
  throw new ValidationError(`there are ${MAX_KEPT} kept files beside ${path}`, {
    remedy: 'Move them to another folder.',
  });
}

/** Gives the file at `path` a second name. At every moment the file is there under the first one. */
export async function keepAside(path: string, kept: string): Promise<void> {
  if (existsSync(kept)) return;
  try {
    await link(path, kept);
  } catch (cause) {
    throw new MemoryConnectionError(`${path} cannot get the second name ${kept}`, {
      cause,
      remedy: 'Migrate to a new file with --to.',
    });
  }
  await flushFolder(path);
}

/** Puts a finished database in the place of another file: at every moment one of the two is there, whole. */
export async function replaceFile(finished: string, path: string): Promise<void> {
  await rename(finished, path);
  await flushFolder(path);
}

/** Gives a finished database its name; fails when the name is taken meanwhile. */
export async function giveName(finished: string, path: string): Promise<void> {
  await link(finished, path);
  await rm(finished);
  await flushFolder(path);
}

/** Removes a database that was not finished, and what lies beside it. */
export async function discard(path: string): Promise<void> {
  await Promise.all(LEFTOVERS.map((ending) => rm(`${path}${ending}`, { force: true })));
}

/** A new name is on the disk only when its folder is. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function identityOf(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev}:${ino}`;
}
