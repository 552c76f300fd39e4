import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Options that name files, by what is done with them. */
export interface BenchPaths {
  readonly read: Readonly<Record<string, string | undefined>>;
  readonly written: Readonly<Record<string, string | undefined>>;
}

/** What is wrong with them, by option, before hours are measured; empty when all can be used. */
export async function checkPaths({ read, written }: BenchPaths): Promise<readonly string[]> {
  const checks = [
    ...named(read).map(async ([option, path]) =>
      (await can(path, constants.R_OK)) ? [] : [`${option}: ${path} cannot be read`],
    ),
    ...named(written).map(async ([option, path]) => {
      if (await isDirectory(path)) return [`${option}: ${path} is a directory`];
      const place = (await can(path, constants.F_OK)) ? path : dirname(path);
      return (await can(place, constants.W_OK)) ? [] : [`${option}: ${path} cannot be written`];
    }),
  ];
  return (await Promise.all(checks)).flat();
}

function named(paths: Readonly<Record<string, string | undefined>>) {
  return Object.entries(paths).flatMap(([option, path]) =>
    path === undefined ? [] : [[option, path] as const],
  );
}

async function can(path: string, mode: number): Promise<boolean> {
  return await access(path, mode).then(
    () => true,
    () => false,
  );
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}
