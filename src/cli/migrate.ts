import { Command, Option } from 'commander';
import { loadConfig } from '../config.ts';
import { EXIT_CODE } from './exit-code.ts';
import {
  type MigrationEvents,
  type MigrationReport,
  type MigrationRequest,
  migrateFromV4,
} from './migrate/migrate-from-v4.ts';
import { Progress } from './progress.ts';
import { withInterruption } from './with-interruption.ts';

const SOURCES = ['trinitas-v4'] as const;

interface MigrateCommandOptions {
  readonly from: (typeof SOURCES)[number];
  readonly to?: string | undefined;
  readonly dryRun: boolean;
  readonly skipFailed: boolean;
  readonly namespace: string;
  readonly config?: string | undefined;
  readonly json: boolean;
}

export function createMigrateCommand(): Command {
  return new Command('migrate')
    .description(
      'Bring the database of an earlier Trinitas over, in place (the old file is kept aside) or to a new file.',
    )
    .argument('<file>', 'database to bring over; end the program that uses it first')
    .addOption(
      new Option('--from <name>', 'what wrote the file').choices(SOURCES).makeOptionMandatory(),
    )
    .option('--to <new>', 'write a new database and leave the file as it is')
    .option('--dry-run', 'do everything but the last step, and say what would happen', false)
    .option('--skip-failed', 'go on without the rows that cannot be held exactly', false)
    .option('--namespace <name>', 'namespace of the memories', 'default')
    .option('--config <file>', 'configuration file')
    .option('--json', 'one line of JSON on stdout as the result', false)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: MigrateCommandOptions) => {
      process.exitCode = await runMigrate(file, options);
    });
}

async function runMigrate(file: string, options: MigrateCommandOptions): Promise<number> {
  const { to, dryRun, skipFailed, namespace } = options;
  const config = loadConfig({ file: options.config });
  const request = { file, to: to ?? null, dryRun, skipFailed, namespace, config };
  return withInterruption(async (signal) => {
    const report = await migrateWithProgress(request, signal);
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${describe(report)}\n`);
    if (signal.aborted && !report.migrated) return EXIT_CODE.interrupted;
    return report.failed === 0 ? EXIT_CODE.done : EXIT_CODE.failed;
  });
}

async function migrateWithProgress(
  request: MigrationRequest,
  signal: AbortSignal,
): Promise<MigrationReport> {
  const bars = { importing: new Progress('Importing'), verifying: new Progress('Verifying') };
  const notes = new Map<string, number>();
  const events: MigrationEvents = {
    signal,
    onFailure: ({ key, reason }) => bars.importing.print(`failed: ${key}: ${reason}`),
    onNote: (_key, note) => notes.set(note, (notes.get(note) ?? 0) + 1),
    onProgress: (phase, done, total) => {
      if (phase === 'verifying') bars.importing.stop();
      bars[phase].update(done, total);
    },
    onStep: () => undefined,
  };
  try {
    return await migrateFromV4(request, events);
  } finally {
    bars.importing.stop();
    bars.verifying.stop();
    for (const [note, times] of notes) process.stderr.write(`note on ${times} memories: ${note}\n`);
  }
}

function describe(report: MigrationReport): string {
  const { source, target, kept, dryRun, already, read, imported, failed, verified } = report;
  if (already) return `${source} is a Trinitas database already; nothing was done`;
  const counts = `${read} read, ${imported} imported, ${verified} read again and equal, ${failed} failed`;
  const aside = (verb: string): string =>
    kept === null ? `${source} stays as it is` : `${source} ${verb} kept as ${kept}`;
  if (report.migrated) return `${counts}\n${target} is the database now; ${aside('is')}`;
  if (dryRun) return `${counts}\nDry run: ${target} would be the database; ${aside('would be')}`;
  return `${counts}\nNothing was changed${failed > 0 ? '; --skip-failed goes on without the failed rows' : ''}`;
}

const EXAMPLES = `
Examples:
  trinitas migrate --from trinitas-v4 memories.db --dry-run
  trinitas migrate --from trinitas-v4 memories.db
  trinitas migrate --from trinitas-v4 memories.db --to my.db --json

In place, the v4 file is kept as memories.db.trinitas-v4. Whenever the command is ended, the path holds the
v4 file or the whole new database; run it again to finish. The way back: trinitas export --format trinitas-v4.`;
