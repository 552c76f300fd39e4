import { Command } from 'commander';
import type { Status } from '../engine/index.ts';
import {
  addDatabaseOptions,
  assertDatabaseExists,
  type DatabaseOptions,
  loadDatabaseConfig,
} from './database-options.ts';
import { EXIT_CODE } from './exit-code.ts';
import { withMemories } from './with-memories.ts';

export function createStatusCommand(): Command {
  const command = new Command('status')
    .description('Show what a database holds and whether it is healthy.')
    .addHelpText('after', EXAMPLES);
  return addDatabaseOptions(command).action(async (options: DatabaseOptions) => {
    process.exitCode = await runStatus(options);
  });
}

async function runStatus(options: DatabaseOptions): Promise<number> {
  const config = loadDatabaseConfig(options);
  assertDatabaseExists(config);
  const status = await withMemories(config, options.namespace, (memories) => memories.status());
  process.stdout.write(options.json ? `${JSON.stringify(status)}\n` : `${describe(status)}\n`);
  return status.state === 'OK' ? EXIT_CODE.done : EXIT_CODE.failed;
}

function describe(status: Status): string {
  const { backend } = status;
  const sections = status.sections.filter(({ count }) => count > 0);
  return [
    `Trinitas ${status.version}, ${status.state}`,
    `database    ${backend.path}, ${status.fileBytes + status.walBytes} bytes, schema ${backend.schemaVersion}`,
    `backend     ${backend.backend}, SQLite ${backend.sqliteVersion}, ${backend.journalMode}, synchronous=${backend.synchronous}`,
    `namespace   ${status.namespace}`,
    `memories    ${status.totalMemories}, personas ${status.personas}`,
    `vectors     ${describeVectors(status.embedding)}`,
    ...sections.map(({ section, count }) => `  ${section.padEnd(20)} ${count}`),
    ...status.checks
      .filter(({ state }) => state !== 'OK')
      .map(
        ({ name, state, message }) => `${name}: ${state}${message === null ? '' : `, ${message}`}`,
      ),
  ].join('\n');
}

function describeVectors({ model, ready, ...others }: Status['embedding']): string {
  const counts = Object.entries({
    pending: others.pending,
    failed: others.failed,
    'of an earlier model': others.outdated,
  }).flatMap(([state, count]) => (count > 0 ? [`${count} ${state}`] : []));
  return [model ?? 'no embedder', `${ready} ready`, ...counts].join(', ');
}

const EXAMPLES = `
Examples:
  trinitas status --db my.db
  trinitas status --db my.db --json`;
