import { stat } from 'node:fs/promises';
import { Command, Option } from 'commander';
import {
  type ImportCounts,
  importRecords,
  type MemoryOperations,
  MemorySystemError,
  primeSource,
  TRANSFER_FORMAT_NAMES,
  TRANSFER_FORMATS,
  type TransferFormat,
  type TransferFormatName,
  type TransferSource,
  ValidationError,
} from '../engine/index.ts';
import {
  addDatabaseOptions,
  type DatabaseOptions,
  loadDatabaseConfig,
} from './database-options.ts';
import { EXIT_CODE } from './exit-code.ts';
import { Progress } from './progress.ts';
import { withInterruption } from './with-interruption.ts';
import { withMemories } from './with-memories.ts';

interface ImportCommandOptions extends DatabaseOptions {
  readonly format: TransferFormatName;
}

export function createImportCommand(): Command {
  const command = new Command('import')
    .description(
      'Store the memories of a file; what is here already with the same content stays as it is.',
    )
    .argument('<file>', 'file to read')
    .addOption(
      new Option('--format <name>', 'what the file is')
        .choices(TRANSFER_FORMAT_NAMES)
        .makeOptionMandatory(),
    )
    .addHelpText('after', EXAMPLES);
  return addDatabaseOptions(command).action(async (file: string, options: ImportCommandOptions) => {
    process.exitCode = await runImport(file, options);
  });
}

async function runImport(file: string, options: ImportCommandOptions): Promise<number> {
  const config = loadDatabaseConfig(options);
  const format = TRANSFER_FORMATS[options.format];
  return withInterruption(async (signal) => {
    // Before the database is opened, so that a mistyped name or format leaves no empty one behind.
    const total = await countRows(file, format);
    const source = await primeSource(format.read(file));
    const counts = await withMemories(config, options.namespace, (memories) =>
      importSource(source, total, memories, signal),
    );
    process.stdout.write(options.json ? `${JSON.stringify(counts)}\n` : `${describe(counts)}\n`);
    if (signal.aborted) return EXIT_CODE.interrupted;
    return counts.failed === 0 ? EXIT_CODE.done : EXIT_CODE.failed;
  });
}

/** null when no bar will be shown or the file is a pipe, which can only be read once. */
async function countRows(file: string, format: TransferFormat): Promise<number | null> {
  try {
    const isFile = (await stat(file)).isFile();
    return isFile && process.stderr.isTTY ? await format.count(file) : null;
  } catch (error) {
    if (error instanceof MemorySystemError) throw error;
    throw new ValidationError(`${file} cannot be read`, { cause: error });
  }
}

async function importSource(
  source: TransferSource,
  total: number | null,
  memories: MemoryOperations,
  signal: AbortSignal,
): Promise<ImportCounts> {
  const progress = new Progress('Importing');
  const notes = new Map<string, number>();
  try {
    return await importRecords(source, memories, {
      signal,
      onFailure: ({ key, reason }) => progress.print(`failed: ${key}: ${reason}`),
      onNote: (_key, note) => notes.set(note, (notes.get(note) ?? 0) + 1),
      onProgress: ({ read }) => total !== null && progress.update(read, total),
    });
  } finally {
    progress.stop();
    for (const [note, times] of notes) progress.print(`note on ${times} memories: ${note}`);
  }
}

function describe({ read, imported, skipped, failed }: ImportCounts): string {
  return `${read} read, ${imported} imported, ${skipped} skipped because they are here already, ${failed} failed`;
}

const EXAMPLES = `
Examples:
  trinitas import old.db --format trinitas-v4 --db my.db
  trinitas import locomo10.json --format locomo --db my.db --namespace evaluation
  trinitas import backup.jsonl --format jsonl --db my.db --json`;
