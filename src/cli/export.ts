import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import {
  type ExportOptions,
  exportRecords,
  type MemoryOperations,
  SECTIONS,
  type Section,
  ValidationError,
  type Where,
} from '../engine/index.ts';
import {
  addDatabaseOptions,
  assertDatabaseExists,
  type DatabaseOptions,
  loadDatabaseConfig,
} from './database-options.ts';
import { EXIT_CODE } from './exit-code.ts';
import { Progress } from './progress.ts';
import { withInterruption } from './with-interruption.ts';
import { withMemories } from './with-memories.ts';

interface ExportCommandOptions extends DatabaseOptions {
  readonly where?: string | undefined;
  readonly section?: Section | undefined;
}

export function createExportCommand(): Command {
  const command = new Command('export')
    .description('Write the memories of a namespace as JSONL, ordered by key.')
    .argument('[file]', 'file to write; stdout when absent')
    .option('--where <json>', 'only memories that match this filter, written as in the API')
    .addOption(new Option('--section <name>', 'only this section').choices(SECTIONS))
    .addHelpText('after', EXAMPLES);
  return addDatabaseOptions(command).action(
    async (file: string | undefined, options: ExportCommandOptions) => {
      process.exitCode = await runExport(file, options);
    },
  );
}

async function runExport(file: string | undefined, options: ExportCommandOptions): Promise<number> {
  const config = loadDatabaseConfig(options);
  const where = parseWhere(options.where);
  assertDatabaseExists(config);
  return withInterruption(async (signal) => {
    const selection = { where, section: options.section, signal };
    const written = await withMemories(config, options.namespace, (memories) =>
      file === undefined
        ? writeToStdout(memories, selection)
        : writeToFile(file, memories, selection),
    );
    if (signal.aborted) return EXIT_CODE.interrupted;
    if (written === null) return EXIT_CODE.done;
    // Where the memories themselves went to stdout, the result must not mix with them.
    const output = file === undefined ? process.stderr : process.stdout;
    output.write(
      options.json ? `${JSON.stringify({ written })}\n` : `${written} memories written\n`,
    );
    return EXIT_CODE.done;
  });
}

function parseWhere(text: string | undefined): Where | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Where;
  } catch (error) {
    throw new ValidationError('--where is not valid JSON', { cause: error });
  }
}

/** null when the reader went away early, as `head` does. */
async function writeToStdout(
  memories: MemoryOperations,
  selection: ExportOptions,
): Promise<number | null> {
  let written = 0;
  const lines = exportRecords(memories, {
    ...selection,
    onProgress: (count) => {
      written = count;
    },
  });
  try {
    await pipeline(Readable.from(lines), process.stdout, { end: false });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return null;
    throw error;
  }
  return written;
}

/** Writes beside the file and renames at the end, so that an interrupted export never passes for a complete one. */
async function writeToFile(
  file: string,
  memories: MemoryOperations,
  selection: ExportOptions,
): Promise<number> {
  const partial = `${file}.partial`;
  const progress = new Progress('Exporting');
  let written = 0;
  const lines = exportRecords(memories, {
    ...selection,
    onProgress: (count, total) => {
      written = count;
      progress.update(count, total);
    },
  });
  try {
    await pipeline(Readable.from(lines), createWriteStream(partial, { flush: true }));
    if (selection.signal?.aborted !== true) await rename(partial, file);
  } finally {
    progress.stop();
    await rm(partial, { force: true });
  }
  return written;
}

const EXAMPLES = `
Examples:
  trinitas export backup.jsonl --db my.db
  trinitas export --db my.db --section episodic_memory | gzip > episodes.jsonl.gz
  trinitas export important.jsonl --db my.db --where '{"importance":{"gte":0.8}}'`;
