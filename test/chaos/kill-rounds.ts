import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { openEmbedding } from '../../src/engine/embedding/open-embedding.ts';
import { processSurroundings } from '../../src/engine/embedding/process-surroundings.ts';
import { built } from '../support/built.ts';
import { type BackendKind, makeTestPath } from '../support/open-test-backend.ts';
import { randomFrom } from '../support/random.ts';
import { startServerProcess } from '../support/server-process.ts';
import { GraphqlLoad } from './graphql-load.ts';
import type { Acknowledgement, LoadRun } from './load.ts';
import { LoadChecker } from './load-checker.ts';

/** So many that two commit groups take turns (pool/groups-ahead.ts). */
const LIBRARY_CALLERS = 160;
const HTTP_CALLERS = 16;
/** What `runKillRounds` starts, to be compiled with the sources. */
const LOAD_SCRIPT = 'test/support/store-under-load.ts';

/** The moment inside of a commit group is left to chance. */
const JITTER_MS = 8;

export interface KillRounds {
  /** `graphql` kills a whole server process; the others a process that uses the library. */
  readonly way: BackendKind | 'graphql';
  readonly kills: number;
  /** Each kill comes after 1 to this many acknowledgements. */
  readonly maxAcknowledged: number;
  readonly seed: number;
}

/** Kills writers on one file again and again, and checks the file after each. */
export async function runKillRounds(rounds: KillRounds): Promise<LoadChecker> {
  const { way, kills, maxAcknowledged, seed } = rounds;
  const path = await makeTestPath();
  const checker =
    way === 'graphql'
      ? new LoadChecker(path, 'sqlite', 'default', defaultEmbedder())
      : new LoadChecker(path, way, 'load', null);
  const random = randomFrom(seed);
  for (let round = 0; round < kills; round += 1) {
    const moment = { after: 1 + random(maxAcknowledged), jitterMs: random(JITTER_MS) };
    const run = { path, seed: seed + round, name: `xr${round}z`, ...moment };
    const sent = way === 'graphql' ? await killServer(run) : await killLibrary(run, way);
    expect(sent.acknowledged.length).toBeGreaterThanOrEqual(moment.after);
    await checker.check(sent);
  }
  console.info(
    `${way}: ${kills} kills, ${checker.acknowledged} units acknowledged, ${checker.committed} committed, ` +
      `${checker.lost} lost, ${checker.partial} partial, ${checker.phantom} phantom, seed ${seed}`,
  );
  expect(checker.committed).toBeGreaterThanOrEqual(checker.acknowledged);
  return checker;
}

interface Run {
  readonly path: string;
  readonly seed: number;
  readonly name: string;
  /** Acknowledgements until the kill. */
  readonly after: number;
  readonly jitterMs: number;
}

/** Runs the load in a process that has the library, kills it, and answers with what it acknowledged. */
async function killLibrary(run: Run, kind: BackendKind): Promise<LoadRun> {
  const { path, seed, name, after, jitterMs } = run;
  const settings = [path, kind, String(seed), String(LIBRARY_CALLERS), name];
  const child = spawn(process.execPath, [built(LOAD_SCRIPT), ...settings], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.on('exit', (_code, signal) => resolve(signal));
  });
  const acknowledged: Acknowledgement[] = [];
  const refused: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    // The last line may be cut.
    if (!line.endsWith('}')) continue;
    const said = JSON.parse(line) as Acknowledgement | { readonly refused: string };
    if ('refused' in said) {
      refused.push(said.refused);
      continue;
    }
    acknowledged.push(said);
    if (acknowledged.length !== after) continue;
    await delay(jitterMs);
    child.kill('SIGKILL');
  }
  expect(await ended).toBe('SIGKILL');
  return { name, acknowledged, refused };
}

/** The same with a server and clients over HTTP. */
async function killServer({ path, seed, name, after, jitterMs }: Run): Promise<LoadRun> {
  const server = await startServerProcess(path);
  let killed: Promise<number | null> | null = null;
  const load = new GraphqlLoad(server.url, name, (count) => {
    if (count === after) killed = delay(jitterMs).then(() => server.end('SIGKILL'));
  });
  await load.run(HTTP_CALLERS, seed);
  // The callers end when the server is gone; it must not have gone by itself.
  expect(killed, server.errors()).not.toBeNull();
  await killed;
  expect(server.child.signalCode).toBe('SIGKILL');
  return load;
}

function defaultEmbedder() {
  const embedding = openEmbedding({ provider: 'static' }, processSurroundings());
  if (embedding === null) throw new Error('the default embedder is missing');
  return embedding.setup;
}
