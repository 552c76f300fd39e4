#!/usr/bin/env node
import { allowClosedOutput } from './allow-closed-output.ts';
import { createProgram } from './program.ts';
import { reportError } from './report-error.ts';

allowClosedOutput(process.stdout, process.stderr);
try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}
