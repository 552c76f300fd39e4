import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Argument, Command } from 'commander';
import { describeMachine, machineLine } from '../bench/machine.ts';
import { type FoundK6, findK6, HOW_TO_GET_K6 } from './find-k6.ts';
import { withOwnServer } from './own-server.ts';
import { parseEndpoint } from './parse-endpoint.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Not the temporary directory of the system, which is often in memory, where an fsync costs nothing. */
const DIRECTORY = join(ROOT, 'node_modules', '.cache', 'trinitas-load');
const RESULTS = join(ROOT, 'k6', 'results');

const SCENARIOS = [
  ...['smoke', 'read', 'write', 'mixed', 'transactions', 'subscribe', 'spike', 'soak'],
] as const;

/** Variables that k6/options.ts calculates with. */
const NUMBERS = ['K6_SCALE', 'K6_USERS', 'K6_RATE'] as const;

interface Options {
  readonly url?: string;
  readonly save?: true;
}

await new Command('k6')
  .description(
    'Puts load on a server with k6: a running one, or one of its own on an empty database.',
  )
  .addArgument(new Argument('<scenario>', 'what to run').choices([...SCENARIOS, 'all']))
  .option(
    '--url <url>',
    'GraphQL endpoint of a running server; what is stored there is deleted afterwards',
    parseEndpoint,
  )
  .option('--save', 'write the summary to k6/results/SCENARIO.json')
  .addHelpText(
    'after',
    `
Environment: K6 the command, K6_SCALE of all lengths (0.1 = a tenth), K6_USERS, K6_RATE, K6_TOKEN a bearer token.

Examples:
  npm run k6 -- mixed
  npm run k6 -- spike --url http://127.0.0.1:4000/graphql
  K6_SCALE=0.02 npm run k6 -- soak`,
  )
  .action(async (scenario: string, options: Options) => {
    process.exitCode = await run(scenario, options);
  })
  .parseAsync();

async function run(wanted: string, { url, save }: Options): Promise<number> {
  const wrong = NUMBERS.filter((name) => !(Number(process.env[name] ?? 1) > 0));
  if (wrong.length > 0) {
    process.stderr.write(`${wrong.join(', ')} must be a number above 0\n`);
    return 2;
  }
  const k6 = findK6(process.env);
  if (k6 === null) {
    process.stderr.write(`${HOW_TO_GET_K6}\n`);
    return 2;
  }
  await mkdir(DIRECTORY, { recursive: true });
  await mkdir(RESULTS, { recursive: true });
  const machine = machineLine(describeMachine(DIRECTORY));
  let failed = 0;
  for (const scenario of SCENARIOS.filter((name) => wanted === 'all' || wanted === name)) {
    const start = (target: string) => runScenario(k6, scenario, target, machine, save === true);
    // A server of its own for each, so that none finds what another one left.
    const code =
      url === undefined
        ? await withOwnServer(DIRECTORY, (own) => start(own.url))
        : await start(url);
    if (code !== 0) failed = code;
  }
  return failed;
}

async function runScenario(
  { command, version }: FoundK6,
  scenario: string,
  url: string,
  machine: string,
  save: boolean,
): Promise<number> {
  const child = spawn(
    command,
    ['run', '--quiet', '--no-usage-report', join(ROOT, 'k6', 'scenarios', `${scenario}.ts`)],
    {
      cwd: ROOT,
      env: {
        ...process.env,
        K6_URL: url,
        K6_MACHINE: `${machine} · ${version}, server and k6 on the same machine`,
        ...(save ? { K6_SUMMARY: join(RESULTS, `${scenario}.json`) } : {}),
      },
      stdio: 'inherit',
    },
  );
  const [code] = await once(child, 'exit');
  return (code as number | null) ?? 1;
}
