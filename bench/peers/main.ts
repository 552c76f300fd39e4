import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { describeMachine, machineLine } from '../machine.ts';
import { onInterrupt } from '../on-interrupt.ts';
import { parseCount } from '../parse-count.ts';
import { markdownTable, textTable } from '../table.ts';
import { mcpMemory } from './mcp-memory.ts';
import { measurePeers } from './measure-peers.ts';
import { type PeerPlan, planOf } from './peer-plan.ts';
import type { PeerRecord } from './peer-record.ts';
import { QUESTIONS } from './peer-rounds.ts';
import { configurations, peerTables } from './peer-tables.ts';
import { pythonPeers } from './python-peers.ts';
import { trinitasLibrary, trinitasServer } from './trinitas-peers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIRECTORY = join(ROOT, 'node_modules', '.cache');
const SEED = 20_250_901;
const SIZES = [1_000, 10_000];

interface Options {
  readonly json?: true;
  readonly markdown?: true;
  readonly engine?: string;
  readonly v4?: string;
  readonly python: readonly string[];
  readonly only?: readonly string[];
  readonly sizes?: readonly number[];
  readonly rounds: number;
}

await new Command('bench:peers')
  .description(
    'Other memories for agents and this one, with the same data in the same run. Linux. npm and pip fetch the others at their first use.',
  )
  .option('--json', 'one line of JSON instead of tables')
  .option('--markdown', 'Markdown tables')
  .option('--engine <file>', 'measure this compiled engine/index.js instead of building first')
  .option('--v4 <directory>', 'a checkout of Trinitas v4; else TRINITAS_V4_DIR')
  .option('--python <program...>', 'tried in this order', [
    'python3',
    'python3.13',
    'python3.12',
    '/usr/bin/python3',
  ])
  .option('--only <words...>', 'peers whose name contains one of these')
  .option('--sizes <numbers...>', 'memories (default: 1000 10000)', collectCounts)
  .option('--rounds <number>', 'interleaved rounds', parseCount, 3)
  .action((options: Options, command: Command) => run(options, plansOf(options, command)))
  .parseAsync();

/** Of all sizes, before any is measured; ends the process when one is too small. */
function plansOf({ sizes = SIZES, rounds }: Options, command: Command): readonly PeerPlan[] {
  try {
    return sizes.map((size) => planOf(SEED, size, QUESTIONS * rounds));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    command.error(`error: ${error.message}: name larger --sizes or fewer --rounds.`);
  }
}

async function run(options: Options, plans: readonly PeerPlan[]): Promise<void> {
  await mkdir(DIRECTORY, { recursive: true });
  const machine = machineLine(describeMachine(DIRECTORY));
  const directory = await mkdtemp(join(DIRECTORY, 'peers-run-'));
  const sources = [
    trinitasLibrary,
    trinitasServer,
    ...pythonPeers({
      pythons: options.python,
      v4Directory: options.v4 ?? process.env['TRINITAS_V4_DIR'] ?? null,
    }),
    mcpMemory,
  ].filter(({ name }) => options.only?.some((word) => name.includes(word)) ?? true);
  const sizes: (readonly PeerRecord[])[] = [];
  const remove = () => rm(directory, { recursive: true, force: true, maxRetries: 5 });
  const settle = onInterrupt(remove);
  try {
    const engineUrl = pathToFileURL(options.engine ?? build()).href;
    for (const plan of plans)
      sizes.push(
        await measurePeers({
          sources,
          plan,
          rounds: options.rounds,
          directory,
          engineUrl,
          progress: (message) => void process.stderr.write(`${message}\n`),
        }),
      );
  } finally {
    settle();
    await remove();
  }
  process.stdout.write(`${printed(options, machine, sizes)}\n`);
}

function printed(
  { json, markdown }: Options,
  machine: string,
  sizes: readonly (readonly PeerRecord[])[],
): string {
  if (json === true) return JSON.stringify({ machine, peers: sizes.flat() });
  const [written, mark] = markdown === true ? [markdownTable, '- '] : [textTable, ''];
  const tables = sizes.flatMap(peerTables).map((table) => written(table).trimEnd());
  const how = configurations(sizes[0] ?? []).map((line) => `${mark}${line}`);
  return [machine, ...tables, how.join('\n')].join('\n\n');
}

function collectCounts(text: string, earlier: readonly number[] = []): readonly number[] {
  return [...earlier, parseCount(text)];
}

function build(): string {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  return join(ROOT, 'dist', 'engine', 'index.js');
}
