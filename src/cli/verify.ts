import { Command, Option } from 'commander';
import {
  type Finding,
  VERIFY_DEPTHS,
  type VerifyDepth,
  type VerifyReport,
  verifyDatabase,
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

interface VerifyOptions extends FileOptions {
  readonly depth: VerifyDepth;
}

export function createVerifyCommand(): Command {
  const command = new Command('verify')
    .description(
      'Look for damage in a database, all namespaces of it; it is only read, and may be in use.',
    )
    .addOption(
      new Option(
        '--depth <name>',
        'quick: the structure and the newest rows; full: every row, index entry and vector',
      )
        .choices(VERIFY_DEPTHS)
        .default('full'),
    )
    .addHelpText('after', EXAMPLES);
  return addFileOptions(command).action(async (options: VerifyOptions) => {
    process.exitCode = await runVerify(options);
  });
}

async function runVerify(options: VerifyOptions): Promise<number> {
  const config = loadDatabaseConfig(options);
  assertDatabaseExists(config);
  return withInterruption(async (signal) => {
    const progress = new Progress('Verifying');
    try {
      const report = await verifyDatabase(config.memory.sqlite_path, {
        depth: options.depth,
        signal,
        onProgress: ({ done, total }) => {
          if (total > 0) progress.update(done, total);
        },
      });
      progress.stop();
      process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${describe(report)}\n`);
      return report.ok ? EXIT_CODE.done : EXIT_CODE.failed;
    } catch (error) {
      progress.stop();
      if (signal.aborted) return EXIT_CODE.interrupted;
      throw error;
    }
  });
}

function describe(report: VerifyReport): string {
  const { path, depth, ok, csn, memories, changes, vectors, findings, omitted } = report;
  const what = `${path}: ${memories} memories, ${changes} changes, ${vectors} vectors, commit ${csn}`;
  if (ok) return `${what}\nNothing is wrong (${depth}).`;
  const more = omitted === 0 ? [] : [`and ${omitted} more`];
  return [what, `${findings.length + omitted} things are wrong:`, ...findings.map(line), ...more]
    .concat(remedies(findings))
    .join('\n');
}

function line({ table, problem }: Finding): string {
  return `  ${table}: ${problem}`;
}

function remedies(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.map(({ remedy }) => remedy))];
}

const EXAMPLES = `
Ends with 1 when anything is wrong.

Examples:
  trinitas verify --db my.db
  trinitas verify --db my.db --depth quick --json`;
