import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  type BenchContext,
  type BenchPlan,
  FULL_PLAN,
  QUICK_PLAN,
  STANDARD_PLAN,
} from './category.ts';
import { checkPaths } from './check-paths.ts';
import { htmlReport } from './html/page.ts';
import { describeMachine } from './machine.ts';
import { onInterrupt } from './on-interrupt.ts';
import { type BenchReport, ratiosOf, renderReport } from './report.ts';
import { headlineOf } from './statistics/ratio.ts';
import { SUITES } from './suites.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Not the temporary directory of the system, which is often in memory, where an fsync costs nothing. */
const DEFAULT_DIRECTORY = join(ROOT, 'node_modules', '.cache', 'trinitas-bench');

interface Options {
  readonly quick?: true;
  readonly full?: true;
  readonly only?: readonly string[];
  readonly json?: string;
  readonly report?: string;
  readonly markdown?: true;
  readonly seed: number;
  readonly dir: string;
  readonly engine?: string;
  readonly against?: string;
  readonly texts?: string;
}

const program = new Command('bench')
  .description('Measures the engine against Trinitas v4 on this machine, in one run.')
  .option('--quick', 'a few minutes; figures only roughly right')
  .addOption(
    new Option('--full', 'hours: more rounds and a million memories, where they fit').conflicts(
      'quick',
    ),
  )
  .addOption(
    new Option('--only <category...>', 'these categories alone').choices(
      SUITES.map(({ category }) => category.name),
    ),
  )
  .option(
    '--json <file>',
    'also write every round as JSON; the last line of stdout is then {"ratios":{…}}',
  )
  .option('--report <file>', 'also write a page with charts, which needs nothing else')
  .option('--markdown', 'print Markdown tables instead of aligned text')
  .option('--seed <number>', 'seed of the workload', parseSeed, 20_250_901)
  .option('--dir <directory>', 'where to put the databases', DEFAULT_DIRECTORY)
  .option(
    '--engine <file>',
    'measure this compiled engine/index.js instead of building dist/ first',
  )
  .option('--against <file>', 'also measure this other compiled engine/index.js (observability)')
  .option(
    '--texts <file>',
    'make vectors of the texts in this file (string values of .json, lines of any other) instead of generated sentences',
  )
  .action(run);

await program.parseAsync();

async function run(options: Options): Promise<void> {
  const { json, report: page, engine, against, texts } = options;
  const wrong = await checkPaths({
    read: { '--engine': engine, '--against': against, '--texts': texts },
    written: { '--json': json, '--report': page },
  });
  if (wrong.length > 0) program.error(`error: ${wrong.join('; ')}`);
  const engineUrl = pathToFileURL(resolve(options.engine ?? buildEngine())).href;
  const plan = choosePlan(options);
  const suites = SUITES.filter(
    ({ category }) => options.only === undefined || options.only.includes(category.name),
  );
  await mkdir(options.dir, { recursive: true });
  const machine = describeMachine(options.dir);
  const measurements = [];
  for (const { category, contenders } of suites) {
    const context: BenchContext = {
      plan,
      seed: options.seed,
      contenders,
      engineUrl,
      againstUrl:
        options.against === undefined ? null : pathToFileURL(resolve(options.against)).href,
      textsPath: options.texts ?? null,
      withDirectory: (use) => withDirectory(options.dir, use),
      progress: (message) => process.stderr.write(`${message}\n`),
    };
    measurements.push(...(await category.run(context)));
  }
  const report: BenchReport = {
    at: new Date().toISOString(),
    seed: options.seed,
    plan,
    machine,
    measurements,
    ratios: ratiosOf(measurements, suites),
  };
  if (options.json !== undefined) {
    await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  if (options.report !== undefined) await writeFile(options.report, htmlReport(report, suites));
  const format = options.markdown === true ? 'markdown' : 'text';
  process.stdout.write(`${renderReport(report, suites, format)}\n`);
  if (options.json !== undefined)
    process.stdout.write(`${JSON.stringify({ ratios: headlineOf(report.ratios) })}\n`);
}

function choosePlan({ quick, full }: Options): BenchPlan {
  if (quick === true) return QUICK_PLAN;
  return full === true ? FULL_PLAN : STANDARD_PLAN;
}

/** The engine is measured as it is delivered: compiled, its workers plain JavaScript. Returns its entry. */
function buildEngine(): string {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  return join(ROOT, 'dist', 'engine', 'index.js');
}

async function withDirectory<T>(
  parent: string,
  use: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(parent, 'run-'));
  const remove = () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  const settle = onInterrupt(remove);
  try {
    return await use(directory);
  } finally {
    settle();
    remove();
  }
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new InvalidArgumentError('must be a whole number from 0 to 4294967295.');
  }
  return seed;
}
