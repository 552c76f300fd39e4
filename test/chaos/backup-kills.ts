import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  watch,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { backupFileName } from '../../src/engine/backup/backup-manifest.ts';
import {
  type BackupManifest,
  backupDatabase,
  listBackups,
  type MemoryOperations,
  restoreDatabase,
  verifyDatabase,
} from '../../src/engine/index.ts';
import { Cli } from '../cli/cli.ts';
import { dumpDatabase, withoutUndated } from '../support/dump-database.ts';
import { makeTestFolder, openTestEngine } from '../support/open-test-engine.ts';
import { randomFrom } from '../support/random.ts';

export interface CommandKills {
  /** At least so many; on a busy machine a kill may come late, and then they go on until one has cut the work. */
  readonly kills: number;
  readonly memories: number;
  readonly seed: number;
}

/** Older than what a backup regards as left over by a killed one. */
const TWO_DAYS_S = 172_800;
const BATCH = 500;
/** So many kills that come too late, although each is sent as soon as anything is written, are no chance. */
const MOST_LATE = 30;
const TEXT = 'owls sleep by day '.repeat(100);

/** Kills backups of a store that is written to; returns how many were not finished. */
export async function killBackups({
  kills,
  memories,
  seed,
  restored,
}: CommandKills & {
  /** How many of the backups are restored at the end, the newest first. */
  readonly restored: number;
}): Promise<number> {
  const folder = await makeTestFolder();
  const [path, directory] = [join(folder, 'live.db'), join(folder, 'backups')];
  const engine = await openTestEngine({ memory: { sqlite_path: path } });
  await fill(engine.namespace('default'), memories);
  const writes = keepWriting(engine.namespace('live'));
  const cli = new Cli();
  try {
    const args = ['backup', '--db', path, '--directory', directory];
    await backupDatabase({ path, directory, kind: 'full' });
    const run = { cli, folder: directory, first: /\.partial$/ };
    const whole: { full?: number; incremental?: number } = {};
    const random = randomFrom(seed);
    let unfinished = 0;
    for (let round = 0; goesOn(round, kills, unfinished); round += 1) {
      const kind = round % 2 === 0 ? 'full' : 'incremental';
      const name = `round-${round}`;
      const command = { ...run, args: kind === 'full' ? args : [...args, '--incremental'] };
      // The first of each kind as soon as anything is written, so that it is in the middle for certain.
      if (round >= 2 && round < kills) whole[kind] ??= await timeOf(command);
      const after = random(Math.ceil(whole[kind] ?? 1));
      await kill({ ...command, args: [...command.args, '--name', name] }, after);
      const { backups, damaged } = await listBackups(directory);
      for (const backup of backups) expectComplete(directory, backup);
      for (const problem of damaged) expect(problem).toContain('it was never finished');
      if (!backups.some((backup) => backup.name === name)) unfinished += 1;
    }
    await writes.stop();
    for (const partial of partialsIn(directory))
      utimesSync(partial, Date.now() / 1_000 - TWO_DAYS_S, Date.now() / 1_000 - TWO_DAYS_S);
    await backupDatabase({ path, directory, kind: 'incremental' });
    expect(partialsIn(directory)).toEqual([]);
    await expectRestores(directory, path, restored);
    return unfinished;
  } finally {
    await writes.stop();
    cli.remove();
  }
}

/** Kills restores over a database that is there; returns how many left the old one and how many the new one. */
export async function killRestores({
  kills,
  memories,
  seed,
}: CommandKills): Promise<{ readonly old: number; readonly restored: number }> {
  const folder = await makeTestFolder();
  const [target, before] = [join(folder, 'my.db'), join(folder, 'before.db')];
  const [source, directory] = [join(folder, 'source.db'), join(folder, 'backups')];
  for (const [path, count] of [
    [before, 10],
    [source, memories],
  ] as const) {
    const engine = await openTestEngine({ memory: { sqlite_path: path } });
    await fill(engine.namespace('default'), count);
    await engine.close();
  }
  const cli = new Cli();
  try {
    await backupDatabase({ path: source, directory, kind: 'full' });
    const args = ['restore', '--directory', directory, '--db', target, '--force'];
    const run = { cli, args, folder, first: /\.restoring$/ };
    let whole: number | undefined;
    const wanted = dumpDatabase(source);
    const random = randomFrom(seed);
    const left = { old: 0, restored: 0 };
    for (let round = 0; goesOn(round, kills, left.old); round += 1) {
      for (const file of readdirSync(folder))
        if (file.startsWith(basename(target))) rmSync(join(folder, file));
      copyFileSync(before, target);
      if (round >= 1 && round < kills)
        whole ??= await timeOf({ ...run, args: args.with(-2, join(folder, 'other.db')) });
      await kill(run, random(Math.ceil(whole ?? 1)));
      expect(existsSync(`${target}-wal`)).toBe(false);
      if (hashOf(target) === hashOf(before)) {
        left.old += 1;
      } else {
        expect(await verifyDatabase(target, { depth: 'full' })).toMatchObject({ ok: true });
        expect(dumpDatabase(target)).toEqual(wanted);
        left.restored += 1;
      }
      await restoreDatabase({ directory, path: target, force: true });
      expect(dumpDatabase(target)).toEqual(wanted);
      expect(readdirSync(folder).filter((file) => file.includes('.restoring'))).toEqual([]);
    }
    return left;
  } finally {
    cli.remove();
  }
}

function goesOn(round: number, kills: number, cut: number): boolean {
  return round < kills || (cut === 0 && round < MOST_LATE);
}

async function fill(memories: MemoryOperations, count: number): Promise<void> {
  for (let from = 0; from < count; from += BATCH) {
    const size = Math.min(BATCH, count - from);
    await memories.storeMany(
      Array.from({ length: size }, (_, index) => ({
        key: `fact_${from + index}`,
        value: `${from + index} ${TEXT}`,
      })),
    );
  }
}

/** One write after the other until it is told to stop. */
function keepWriting(memories: MemoryOperations): { stop(): Promise<void> } {
  let stopped = false;
  const writing = (async () => {
    for (let count = 0; !stopped; count += 1)
      await memories.store({ key: `live_${count % 100}`, value: count });
  })();
  return {
    stop: async () => {
      stopped = true;
      await writing;
    },
  };
}

interface Command {
  readonly cli: Cli;
  readonly args: readonly string[];
  /** Exists already. */
  readonly folder: string;
  /** The file whose appearance there says that the work has begun. */
  readonly first: RegExp;
}

/** Milliseconds from the beginning of the work to the end of the process, undisturbed. */
async function timeOf(command: Command): Promise<number> {
  const { begun, ended } = start(command);
  await begun;
  const from = performance.now();
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
  return performance.now() - from;
}

/** Kills the process so many milliseconds after the work has begun. */
async function kill(command: Command, afterMs: number): Promise<void> {
  const { child, begun, ended } = start(command);
  await begun;
  if (afterMs > 0) await delay(afterMs);
  child.kill('SIGKILL');
  await ended;
}

function start({ cli, args, folder, first }: Command) {
  const watcher = watch(folder);
  const begun = new Promise<void>((resolve, reject) => {
    watcher.on('change', (_event, file) => {
      if (first.test(String(file))) resolve();
    });
    watcher.on('error', reject);
  });
  const { child, result } = cli.start(args);
  const ended = result.finally(() => watcher.close());
  // A command that fails before it begins must not be waited for.
  return { child, begun: Promise.race([begun, ended.then(() => undefined)]), ended };
}

function expectComplete(directory: string, backup: BackupManifest): void {
  expect(hashOf(join(directory, backupFileName(backup)))).toBe(backup.sha256);
}

/** The newest backups that are listed make sound databases, and the newest one what the store holds now. */
async function expectRestores(directory: string, path: string, count: number): Promise<void> {
  const { backups } = await listBackups(directory);
  const made = join(dirname(directory), 'made.db');
  for (const { name, csn } of backups.slice(-count)) {
    const report = await restoreDatabase({ directory, path: made, backup: name, force: true });
    expect(report.csn).toBe(csn);
    expect(await verifyDatabase(made, { depth: 'full' })).toMatchObject({ ok: true });
  }
  expect(withoutUndated(dumpDatabase(made))).toEqual(withoutUndated(dumpDatabase(path)));
}

function partialsIn(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((file) => file.includes('.partial'))
    .map((file) => join(directory, file));
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
