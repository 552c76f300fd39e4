import { Command } from 'commander';
import { addFileOptions, type FileOptions, loadDatabaseConfig } from './database-options.ts';
import type { Check } from './doctor/check.ts';
import { examine } from './doctor/examine.ts';
import { EXIT_CODE } from './exit-code.ts';

export function createDoctorCommand(): Command {
  const command = new Command('doctor')
    .description(
      'Check configuration, versions, the database, Redis, Chroma and how they agree; say what to do.',
    )
    .addHelpText('after', EXAMPLES);
  return addFileOptions(command).action(async (options: FileOptions) => {
    process.exitCode = await runDoctor(options);
  });
}

async function runDoctor(options: FileOptions): Promise<number> {
  const checks = await examine(loadDatabaseConfig(options));
  const ok = checks.every((check) => check.ok);
  const report = options.json ? JSON.stringify({ ok, checks }) : describe(checks);
  process.stdout.write(`${report}\n`);
  return ok ? EXIT_CODE.done : EXIT_CODE.failed;
}

function describe(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, ok, detail, remedy }) => [
    `${ok ? 'ok     ' : 'FINDING'}  ${name.padEnd(width)}  ${detail}`,
    ...(remedy === null ? [] : [`${' '.repeat(width + 11)}${remedy}`]),
  ]);
  const findings = checks.filter(({ ok }) => !ok).length;
  return [...lines, findings === 0 ? 'Nothing is wrong.' : `Findings: ${findings}`].join('\n');
}

const EXAMPLES = `
Ends with 0 when all is well, with 1 when there is a finding, with 2 for a wrong option or configuration.
While a server has the database open, its content is not looked at; the report says what to ask the server.

Examples:
  trinitas doctor
  trinitas doctor --config trinitas.config.yaml --db my.db --json`;
