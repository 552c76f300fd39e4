import { Command, InvalidArgumentError, Option } from 'commander';
import { DEMONSTRATIONS } from '../demo/demonstrations.ts';
import { type DemoReport, runDemonstrations } from '../demo/run-demonstrations.ts';
import { parseWholeNumber } from './database-options.ts';
import { DemoNarrator } from './demo-narrator.ts';
import { EXIT_CODE } from './exit-code.ts';
import { withInterruption } from './with-interruption.ts';

interface DemoCommandOptions {
  readonly db?: string | undefined;
  readonly only?: readonly string[] | undefined;
  readonly size: number;
  readonly json: boolean;
}

/** The default takes a few seconds; fewer than the least show no concurrency, more than the most only take long. */
const DEFAULT_SIZE = 2_000;
const MIN_SIZE = 100;
const MAX_SIZE = 100_000;

export function createDemoCommand(): Command {
  return new Command('demo')
    .description('Show what the engine promises in eight demonstrations that verify themselves.')
    .addOption(
      new Option('--only <name...>', 'only these demonstrations').choices(
        DEMONSTRATIONS.map(({ name }) => name),
      ),
    )
    .option(
      '--db <file>',
      'work in this database, in namespaces of its own that are left to be looked at (default: a temporary one)',
    )
    .option(
      '--size <n>',
      `memories of the larger parts, ${MIN_SIZE} to ${MAX_SIZE}`,
      parseSize,
      DEFAULT_SIZE,
    )
    .option('--json', 'one line of JSON on stdout as the result', false)
    .addHelpText('after', EXAMPLES)
    .action(async (options: DemoCommandOptions) => {
      process.exitCode = await runDemo(options);
    });
}

function runDemo({ db, only, size, json }: DemoCommandOptions): Promise<number> {
  const demonstrations = DEMONSTRATIONS.filter(
    ({ name }) => only === undefined || only.includes(name),
  );
  return withInterruption(async (signal) => {
    const narrator = new DemoNarrator(json ? null : process.stdout, demonstrations.length);
    narrator.begin(db ?? null);
    const options = { path: db ?? null, size, demonstrations, signal };
    const report = await runDemonstrations(options, narrator);
    if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
    else narrator.end(report);
    return exitCodeOf(report);
  });
}

export function exitCodeOf({ passed, interrupted }: DemoReport): number {
  if (interrupted) return EXIT_CODE.interrupted;
  return passed ? EXIT_CODE.done : EXIT_CODE.failed;
}

function parseSize(text: string): number {
  const size = parseWholeNumber(text);
  if (size < MIN_SIZE || size > MAX_SIZE)
    throw new InvalidArgumentError(`It must be ${MIN_SIZE} to ${MAX_SIZE}.`);
  return size;
}

const EXAMPLES = `
Demonstrations: ${DEMONSTRATIONS.map(({ name }) => name).join(', ')}.
Each verifies its own outcome; the exit code is 0 only when all that were run hold.

Examples:
  trinitas demo
  trinitas demo --only transactions rollback
  trinitas demo --only performance --size 20000 --db /mnt/disk/demo.db
  trinitas demo --json`;
