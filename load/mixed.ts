import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describeMachine, machineLine } from '../bench/machine.ts';
import { parseCount } from '../bench/parse-count.ts';
import { type MixedLoadReport, runMixedLoad } from './mixed-load.ts';
import { withOwnServer } from './own-server.ts';
import { parseEndpoint } from './parse-endpoint.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIRECTORY = join(ROOT, 'node_modules', '.cache', 'trinitas-load');

interface Options {
  readonly url?: string;
  readonly connections: number;
  readonly seconds: number;
  readonly memories: number;
  readonly json?: true;
}

await new Command('load:mixed')
  .description(
    'The mixed load of k6 (70 % recall, 20 % store, 10 % context) by autocannon, without k6.',
  )
  .option(
    '--url <url>',
    'GraphQL endpoint of a running server (default: one of its own)',
    parseEndpoint,
  )
  .option('--connections <n>', 'connections that call without a pause', parseCount, 16)
  .option('--seconds <n>', 'length', parseCount, 30)
  .option('--memories <n>', 'memories to store before', parseCount, 5_000)
  .option('--json', 'one line of JSON on stdout')
  .action(async (options: Options) => {
    process.exitCode = await run(options).catch((error: Error) => {
      process.stderr.write(`${error.message}\n`);
      return 1;
    });
  })
  .parseAsync();

async function run({ url, json, ...load }: Options): Promise<number> {
  await mkdir(DIRECTORY, { recursive: true });
  const machine = machineLine(describeMachine(DIRECTORY));
  const start = (target: string) => runMixedLoad({ url: target, ...load });
  const report =
    url === undefined ? await withOwnServer(DIRECTORY, (own) => start(own.url)) : await start(url);
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ machine, ...report })}\n`
      : `${machine}\n${textOf(report)}\n`,
  );
  return report.failures === 0 ? 0 : 1;
}

function textOf(report: MixedLoadReport): string {
  const { requests, perSecond, failures, latencyMs, stored } = report;
  return [
    `mixed: ${requests} requests, ${perSecond.toFixed(0)}/s, ${failures} failed, ${stored} memories stored`,
    `latency ms: p50 ${latencyMs.p50}, p97.5 ${latencyMs.p97_5}, p99 ${latencyMs.p99}, max ${latencyMs.max}`,
  ].join('\n');
}
