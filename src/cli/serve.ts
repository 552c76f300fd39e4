import { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { parseWholeNumber, toSettings } from './database-options.ts';
import { EXIT_CODE } from './exit-code.ts';

interface ServeCommandOptions {
  readonly config?: string | undefined;
  readonly db?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly logLevel?: string | undefined;
  readonly replica?: boolean | undefined;
}

export function createServeCommand(): Command {
  return new Command('serve')
    .description('Serve a database over GraphQL until SIGTERM or Ctrl-C.')
    .option(
      '--db <file>',
      'database file (default: memory.sqlite_path of the configuration, ./trinitas.db)',
    )
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .option(
      '--port <number>',
      'port to listen on, 0 for a free one (default: 4000)',
      parseWholeNumber,
    )
    .option(
      '--log-level <level>',
      'trace, debug, info, warn, error, fatal or silent (default: info)',
    )
    .option(
      '--replica',
      'only read, and follow the process that owns the database; any number beside one owner',
    )
    .option('--config <file>', 'configuration file')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ServeCommandOptions) => {
      await runServe(options);
      process.exitCode = EXIT_CODE.done;
    });
}

/** Ends when the server has shut down. */
async function runServe(options: ServeCommandOptions): Promise<void> {
  const flags = toSettings([
    [['memory', 'sqlite_path'], options.db, '--db'],
    [['memory', 'replica'], options.replica, '--replica'],
    [['server', 'host'], options.host, '--host'],
    [['server', 'port'], options.port, '--port'],
    [['server', 'log_level'], options.logLevel, '--log-level'],
  ]);
  const config = loadConfig({ file: options.config, flags });
  // Loaded here, so that the other commands start without the GraphQL stack.
  const { serve } = await import('../serve.ts');
  await serve(config);
}

const EXAMPLES = `
Examples:
  trinitas serve
  trinitas serve --db my.db --port 8080
  trinitas serve --db my.db --port 8081 --replica
  TRINITAS_SERVER__LOG_LEVEL=debug trinitas serve --config production.yaml`;
