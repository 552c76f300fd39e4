import { Command } from 'commander';
import { createLocomoCommand } from './eval-locomo.ts';
import { createLongMemEvalCommand } from './eval-longmemeval.ts';

export function createEvalCommand(): Command {
  const command = new Command('eval').description(
    'Measure how well recall finds what a question needs, on data sets for it; nothing is kept.',
  );
  for (const dataset of [createLocomoCommand(), createLongMemEvalCommand()])
    command.addCommand(dataset.showHelpAfterError('(add --help for the options)').exitOverride());
  return command;
}
