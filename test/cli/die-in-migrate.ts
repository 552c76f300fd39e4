import { migrateFromV4 } from '../../src/cli/migrate/migrate-from-v4.ts';
import { loadConfig } from '../../src/config.ts';

/* A migration in place that dies at one of its steps. Arguments: the v4 file, the step. */

const [file = '', fatal = ''] = process.argv.slice(2);
const dieAt = (step: string): void => {
  if (step === fatal) process.kill(process.pid, 'SIGKILL');
};
await migrateFromV4(
  {
    file,
    to: null,
    namespace: 'default',
    dryRun: false,
    skipFailed: false,
    config: loadConfig({ environment: {}, directory: '/' }),
  },
  {
    signal: new AbortController().signal,
    onFailure: () => undefined,
    onNote: () => undefined,
    onProgress: (phase) => dieAt(phase),
    onStep: (step) => dieAt(step),
  },
);
