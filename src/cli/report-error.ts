import { CommanderError } from 'commander';
import { MemorySystemError, ValidationError } from '../engine/index.ts';
import { EXIT_CODE } from './exit-code.ts';

/** Explains an error on stderr in the words of its class and returns the exit code. */
export function reportError(error: unknown): number {
  if (error instanceof CommanderError)
    return error.exitCode === 0 ? EXIT_CODE.done : EXIT_CODE.usage;
  process.stderr.write(`${explain(error)}\n`);
  return error instanceof ValidationError ? EXIT_CODE.usage : EXIT_CODE.failed;
}

function explain(error: unknown): string {
  if (error instanceof ValidationError && error.issues.length > 1) {
    const lines = error.issues.map(
      (issue) =>
        `  ${[issue.path.join('.'), issue.message].filter((part) => part !== '').join(': ')}`,
    );
    return [
      `trinitas: ${error.issues.length} things are wrong:`,
      ...lines,
      ...remedyOf(error),
    ].join('\n');
  }
  if (error instanceof MemorySystemError) {
    const { message, cause } = error;
    const isNews = cause instanceof Error && !message.includes(cause.message);
    return [`trinitas: ${message}${isNews ? ` (${cause.message})` : ''}`, ...remedyOf(error)].join(
      '\n',
    );
  }
  // Not one of ours, so a defect: its stack is what a report needs.
  return `trinitas: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

function remedyOf(error: MemorySystemError): readonly string[] {
  return error.remedy === undefined ? [] : [error.remedy];
}
