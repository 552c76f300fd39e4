import { Command, Option } from 'commander';
import {
  DEFAULT_NAMESPACE,
  type Job,
  type MemoryOperations,
  REINDEX_TARGETS,
  type ReindexTarget,
} from '../engine/index.ts';
import {
  addFileOptions,
  assertDatabaseExists,
  type FileOptions,
  loadDatabaseConfig,
} from './database-options.ts';
import { EXIT_CODE } from './exit-code.ts';
import { Progress } from './progress.ts';
import { withInterruption } from './with-interruption.ts';
import { withMemories } from './with-memories.ts';

interface ReindexOptions extends FileOptions {
  readonly target: ReindexTarget;
}

/** What one run came to; the last line of stdout with --json. */
interface ReindexReport {
  readonly target: ReindexOptions['target'];
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  readonly model: string | null;
}

const PROGRESS_INTERVAL_MS = 200;
const PROGRESS_TITLES: Readonly<Record<ReindexTarget, string>> = {
  vectors: 'Embedding',
  fulltext: 'Indexing',
  chroma: 'Publishing',
  redis: 'Emptying',
};

export function createReindexCommand(): Command {
  const command = new Command('reindex')
    .description('Make what is missing or outdated in an index of a database, in all namespaces.')
    .addOption(
      new Option(
        '--target <name>',
        'what to make anew; vectors: those that are missing, failed, or of another model than the configured one; fulltext: all texts; chroma: all records; redis: empties the cache',
      )
        .choices(REINDEX_TARGETS)
        .default('vectors'),
    )
    .addHelpText('after', EXAMPLES);
  return addFileOptions(command).action(async (options: ReindexOptions) => {
    process.exitCode = await runReindex(options);
  });
}

async function runReindex(options: ReindexOptions): Promise<number> {
  const config = loadDatabaseConfig(options);
  assertDatabaseExists(config);
  return withInterruption((signal) =>
    withMemories(config, DEFAULT_NAMESPACE, async (memories) => {
      const job = await reindex(memories, options.target, signal);
      const { embedding } = await memories.status();
      const report = toReport(options.target, memories.jobs(), embedding.model);
      process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${describe(report)}\n`);
      if (job.error !== null) process.stderr.write(`trinitas: ${job.error}\n`);
      if (job.state === 'CANCELLED') return EXIT_CODE.interrupted;
      return job.state === 'DONE' && report.failed === 0 ? EXIT_CODE.done : EXIT_CODE.failed;
    }),
  );
}

async function reindex(
  memories: MemoryOperations,
  target: ReindexTarget,
  signal: AbortSignal,
): Promise<Job> {
  const progress = new Progress(PROGRESS_TITLES[target]);
  const { id } = memories.reindex(target);
  const show = (): void => {
    const { done, total } = memories.job(id);
    if (total !== null && total > 0) progress.update(Math.min(done, total), total);
  };
  const timer = setInterval(show, PROGRESS_INTERVAL_MS);
  const cancel = (): void => void memories.cancelJob(id);
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  try {
    return await memories.whenJobEnded(id);
  } finally {
    signal.removeEventListener('abort', cancel);
    clearInterval(timer);
    progress.stop();
  }
}

/** Opening a database of another model begins a job by itself, and a quick one may have ended before this command began its own. */
function toReport(
  target: ReindexReport['target'],
  jobs: readonly Job[],
  model: string | null,
): ReindexReport {
  const sum = (count: (job: Job) => number): number =>
    jobs.reduce((total, job) => total + count(job), 0);
  return {
    target,
    done: sum(({ done }) => done),
    total: sum(({ done, total }) => total ?? done),
    failed: sum(({ failed }) => failed),
    model,
  };
}

function describe({ target, done, total, failed, model }: ReindexReport): string {
  const what = target === 'vectors' ? `vectors of ${model ?? 'no model'}` : target;
  const items = target === 'redis' ? 'keys' : 'memories';
  return `${what}: ${done} of ${total} ${items} done, ${failed} failed`;
}

const EXAMPLES = `
Examples:
  trinitas reindex --db my.db
  trinitas reindex --target vectors --config trinitas.config.yaml --json
  trinitas reindex --target fulltext --db my.db
  trinitas reindex --target chroma --config trinitas.config.yaml

While a server has the database open, ask it instead: mutation { reindex(input: {target: CHROMA}) { ... } }`;
