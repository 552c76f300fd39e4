import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { describeMachine, machineLine } from '../machine.ts';
import { at } from '../random.ts';
import { rotated } from '../rotated.ts';
import { blockResult } from '../samples.ts';
import { formatNumber, type Table, textTable } from '../table.ts';
import { Workload, type WorkloadItem } from '../workload.ts';
import { openMcpMemory } from './mcp-memory.ts';
import type { Peer } from './peer.ts';
import { openTrinitasEmbedded, openTrinitasServer } from './trinitas-peers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIRECTORY = join(ROOT, 'node_modules', '.cache');
const SIZES = [1_000, 5_000];
/** Of each kind at each size, one caller. */
const CALLS = 50;
const SEED = 20_250_901;

interface Row {
  readonly peer: string;
  readonly memories: number;
  readonly storeMs: number;
  readonly readMs: number;
  readonly searchMs: number;
  readonly residentMegabytes: number;
}

await new Command('bench:peers')
  .description('Other memories for agents and this one, with the same data in the same run. Linux.')
  .option('--json', 'one line of JSON instead of a table')
  .option(
    '--engine <file>',
    'measure this compiled engine/index.js instead of building dist/ first',
  )
  .action(async ({ json, engine }: { json?: true; engine?: string }) => {
    await mkdir(DIRECTORY, { recursive: true });
    const machine = machineLine(describeMachine(DIRECTORY));
    const directory = await mkdtemp(join(DIRECTORY, 'peers-run-'));
    const peers: Peer[] = [];
    try {
      const engineUrl = pathToFileURL(engine ?? build()).href;
      peers.push(await openTrinitasEmbedded(directory, engineUrl));
      peers.push(await openTrinitasServer(directory, engineUrl));
      peers.push(await openMcpMemory(directory));
      const rows = await measureAll(peers);
      const configured = peers.map(({ name, configured: how }) => `${name}: ${how}.`);
      process.stdout.write(
        json === true
          ? `${JSON.stringify({ machine, rows, configured })}\n`
          : `${machine}\n\n${textTable(tableOf(rows, configured))}\n`,
      );
    } finally {
      for (const peer of peers) await peer.close();
      await rm(directory, { recursive: true, force: true });
    }
  })
  .parseAsync();

function build(): string {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  return join(ROOT, 'dist', 'engine', 'index.js');
}

async function measureAll(peers: readonly Peer[]): Promise<readonly Row[]> {
  const workload = new Workload(SEED);
  const items: WorkloadItem[] = [];
  const rows: Row[] = [];
  for (const [turn, memories] of SIZES.entries()) {
    const added = workload.take(memories - items.length);
    items.push(...added);
    const fresh = workload.take(CALLS);
    for (const peer of rotated(peers, turn)) {
      process.stderr.write(`${peer.name}: ${memories} memories\n`);
      await peer.fill(added);
      rows.push(await measure(peer, items, fresh, memories));
    }
    items.push(...fresh);
  }
  return rows;
}

async function measure(
  peer: Peer,
  items: readonly WorkloadItem[],
  fresh: readonly WorkloadItem[],
  memories: number,
): Promise<Row> {
  const some = (index: number) => at(items, (index * 97) % items.length);
  // One call of each kind warms up.
  await peer.read(some(0).key);
  await peer.search(some(0).project);
  return {
    peer: peer.name,
    memories,
    readMs: await medianMs((index) => peer.read(some(index).key)),
    searchMs: await medianMs((index) => peer.search(some(index).project)),
    storeMs: await medianMs((index) => peer.store(at(fresh, index))),
    residentMegabytes: peer.residentBytes() / 1e6,
  };
}

async function medianMs(call: (index: number) => Promise<void>): Promise<number> {
  const durations: number[] = [];
  for (let index = 0; index < CALLS; index += 1) {
    const calledAt = performance.now();
    await call(index);
    durations.push(performance.now() - calledAt);
  }
  return blockResult(durations, 1).p50;
}

function tableOf(rows: readonly Row[], configured: readonly string[]): Table {
  return {
    title: `One caller, medians of ${CALLS} calls`,
    columns: ['memory', 'memories', 'store ms', 'read ms', 'search ms', 'resident MB'],
    rows: rows.map((row) => [
      row.peer,
      row.memories.toLocaleString('en-US'),
      ...[row.storeMs, row.readMs, row.searchMs, row.residentMegabytes].map(formatNumber),
    ]),
    notes: configured,
  };
}
