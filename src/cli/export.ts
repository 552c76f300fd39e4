import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import {
  type ExportOptions,
  exportRecords,
  exportTrinitasV4,
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
import { discard, giveName } from './take-place.ts';
import { withInterruption } from './with-interruption.ts';
import { withMemories } from './with-memories.ts';

const FORMATS = ['jsonl', 'trinitas-v4'] as const;

interface ExportCommandOptions extends DatabaseOptions {
  readonly format: (typeof FORMATS)[number];
  readonly output?: string | undefined;
  readonly where?: string | undefined;
  readonly section?: Section | undefined;
}

export function createExportCommand(): Command {
  const command = new Command('export')
    .description(
      'Write the memories of a namespace: as JSONL, ordered by key, or as a database that Trinitas v4 reads.',
    )
    .argument('[file]', 'file to write; JSONL goes to stdout when absent')
    .addOption(new Option('--format <name>', 'what to write').choices(FORMATS).default('jsonl'))
    .option('--output <file>', 'the same as the argument')
    .option('--where <json>', 'only memories that match this filter, written as in the API')
    .addOption(new Option('--section <name>', 'only this section').choices(SECTIONS))
    .addHelpText('after', EXAMPLES);
  return addDatabaseOptions(command).action(
    async (argument: string | undefined, options: ExportCommandOptions) => {
      if (argument !== undefined && options.output !== undefined)
        throw new ValidationError('the file is named twice, as argument and by --output');
      process.exitCode = await runExport(argument ?? options.output, options);
    },
  );
}

async function runExport(file: string | undefined, options: ExportCommandOptions): Promise<number> {
  const config = loadDatabaseConfig(options);
  const where = parseWhere(options.where);
  const write = writerOf(options.format, file);
  assertDatabaseExists(config);
  return withInterruption(async (signal) => {
    const selection = { where, section: options.section, signal };
    const written = await withMemories(config, options.namespace, (memories) =>
      write(memories, selection),
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

type Write = (memories: MemoryOperations, selection: ExportOptions) => Promise<number | null>;

function writerOf(format: ExportCommandOptions['format'], file: string | undefined): Write {
  if (format === 'jsonl')
    return file === undefined
      ? writeToStdout
      : (memories, selection) => writeToFile(file, memories, selection);
  if (file === undefined) throw new ValidationError('a database is written to a file: name it');
  if (existsSync(file)) {
    throw new ValidationError(`${file} exists already`, {
      remedy: 'Choose another name: a database is never written over.',
    });
  }
  return (memories, selection) => writeTrinitasV4(file, memories, selection);
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

/** The same for a database. */
async function writeTrinitasV4(
  file: string,
  memories: MemoryOperations,
  selection: ExportOptions,
): Promise<number> {
  const partial = `${file}.partial`;
  const progress = new Progress('Exporting');
  const notes = new Map<string, number>();
  await discard(partial);
  try {
    const written = await exportTrinitasV4(memories, partial, {
      ...selection,
      onNote: (_key, note) => notes.set(note, (notes.get(note) ?? 0) + 1),
      onProgress: (count, total) => progress.update(count, total),
    });
    if (selection.signal?.aborted !== true) await giveName(partial, file);
    return written;
  } finally {
    progress.stop();
    await discard(partial);
    for (const [note, times] of notes) progress.print(`note on ${times} memories: ${note}`);
  }
}

const EXAMPLES = `
Examples:
  trinitas export backup.jsonl --db my.db
  trinitas export --db my.db --section episodic_memory | gzip > episodes.jsonl.gz
  trinitas export --db my.db --format trinitas-v4 --output memories-v4.db
  trinitas export important.jsonl --db my.db --where '{"importance":{"gte":0.8}}'`;
