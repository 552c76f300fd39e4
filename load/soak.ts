import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { describeMachine, machineLine } from '../bench/machine.ts';
import { judge, type SoakSample, type SoakVerdict, WARM_UP } from './soak-bounds.ts';
import { startSoakLoad } from './soak-load.ts';
import { SoakServer } from './soak-server.ts';

const DIRECTORY = join(fileURLToPath(new URL('..', import.meta.url)), 'node_modules', '.cache');
const MEGABYTE = 1_048_576;
/** Samples of one run; more would only collect garbage more often than a server does. */
const SAMPLES = 60;
const HEADER = '  seconds   RSS MB  heap MB  handles   WAL MB  file MB     calls';

interface Options {
  readonly minutes: number;
  readonly callers: number;
  readonly json?: true;
}

await new Command('soak')
  .description(
    'A mixed load over a server of its own; fails when memory, handles or the write-ahead log grow beyond a bound.',
  )
  .option('--minutes <n>', 'length', parsePositive, 60)
  .option('--callers <n>', 'callers that call without a pause', parsePositive, 8)
  .option('--json', 'one line of JSON on stdout')
  .action(async (options: Options) => {
    process.exitCode = await run(options);
  })
  .parseAsync();

async function run({ minutes, callers, json }: Options): Promise<number> {
  await mkdir(DIRECTORY, { recursive: true });
  const machine = machineLine(describeMachine(DIRECTORY));
  if (json === undefined) process.stdout.write(`${machine}\n${HEADER}\n`);
  const samples: SoakSample[] = [];
  const counts = await SoakServer.use(DIRECTORY, async (server) => {
    const load = startSoakLoad(server.url, callers);
    const start = performance.now();
    const everyMs = (minutes * 60_000) / SAMPLES;
    for (let taken = 1; taken <= SAMPLES; taken += 1) {
      await delay(Math.max(0, start + taken * everyMs - performance.now()));
      const seconds = (performance.now() - start) / 1000;
      const sample = { seconds, ...(await server.figures()) };
      samples.push(sample);
      if (json === undefined) process.stdout.write(`${lineOf(sample, load.counts.calls)}\n`);
    }
    await load.stop();
    return load.counts;
  });
  const verdicts = judge(samples);
  const passed = verdicts.every((verdict) => verdict.passed) && counts.failures === 0;
  const report = { minutes, callers, passed, verdicts, ...counts, messages: [...counts.messages] };
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ machine, ...report, samples })}\n`
      : `\n${verdicts.map(verdictLine).join('\n')}\n${JSON.stringify(report)}\n`,
  );
  return passed ? 0 : 1;
}

function lineOf({ seconds, rss, heap, handles, wal, file }: SoakSample, calls: number): string {
  const cells = [seconds.toFixed(0), mb(rss), mb(heap), String(handles), mb(wal), mb(file)];
  return `${cells.map((cell) => cell.padStart(9)).join('')}${String(calls).padStart(10)}`;
}

function verdictLine({ figure, value, bound, passed }: SoakVerdict): string {
  const show = (number: number): string =>
    figure === 'handles' ? number.toFixed(1) : `${mb(number)} MB`;
  const what = figure === 'wal' ? 'at most' : `grew after ${WARM_UP * 100} % of the time by`;
  return `${passed ? 'ok  ' : 'FAIL'} ${figure} ${what} ${show(value)}, bound ${show(bound)}`;
}

function mb(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(1);
}

function parsePositive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('must be more than 0.');
  return value;
}
