import { Command } from 'commander';
import { VERSION } from '../engine/index.ts';
import { createBackupCommand } from './backup.ts';
import { createDemoCommand } from './demo.ts';
import { createDoctorCommand } from './doctor.ts';
import { createEvalCommand } from './eval.ts';
import { createExportCommand } from './export.ts';
import { createImportCommand } from './import.ts';
import { createMigrateCommand } from './migrate.ts';
import { createReindexCommand } from './reindex.ts';
import { createRepairCommand } from './repair.ts';
import { createRestoreCommand } from './restore.ts';
import { createServeCommand } from './serve.ts';
import { createStatusCommand } from './status.ts';
import { createVerifyCommand } from './verify.ts';

/** The `trinitas` command line. Errors are thrown, so that one place decides on messages and exit codes. */
export function createProgram(): Command {
  const program = new Command('trinitas')
    .description('Durable, transactional memory for AI agents.')
    .version(VERSION)
    .showHelpAfterError('(add --help for the options)')
    .addHelpText('after', EXIT_CODES);
  for (const command of [
    createServeCommand(),
    createImportCommand(),
    createExportCommand(),
    createMigrateCommand(),
    createStatusCommand(),
    createDoctorCommand(),
    createBackupCommand(),
    createRestoreCommand(),
    createReindexCommand(),
    createVerifyCommand(),
    createRepairCommand(),
    createEvalCommand(),
    createDemoCommand(),
  ]) {
    program.addCommand(command.showHelpAfterError('(add --help for the options)').exitOverride());
  }
  return program.exitOverride();
}

const EXIT_CODES = `
Configuration: --config FILE or trinitas.config.json|yaml|yml in the working directory,
overridden by TRINITAS_ variables (TRINITAS_SERVER__PORT=8080), overridden by options.

Exit codes: 0 done, 1 something failed, 2 wrong usage or configuration, 130 interrupted.`;
