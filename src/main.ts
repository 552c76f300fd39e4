import { loadConfig } from './config.ts';
import { MemorySystemError } from './engine/index.ts';
import { serve } from './serve.ts';

/** What `npm start` runs: the server with the configuration of file and environment. */
try {
  await serve(loadConfig());
} catch (error) {
  if (!(error instanceof MemorySystemError)) throw error;
  process.stderr.write(
    `${error.message}\n${error.remedy === undefined ? '' : `${error.remedy}\n`}`,
  );
  process.exitCode = 1;
}
