import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { unavailable } from './chroma-error.ts';

/** What the package exports. */
export type ChromaModule = typeof import('chromadb');

export interface LoadedChroma {
  readonly module: ChromaModule;
  /** The program that runs the server; started with `node`. */
  readonly cli: string;
}

/**
 * Finds the optional package `chromadb`, first beside Trinitas, then from the working directory. Throws
 * ParticipantUnavailableError, not retryable, with the line that installs it.
 */
export function loadChroma(): LoadedChroma {
  const require = createRequire(import.meta.url);
  const paths = [dirname(import.meta.filename), process.cwd()];
  try {
    // The CommonJS build: `require` can be told where to look, and `import` cannot.
    const main = require.resolve('chromadb', { paths });
    return {
      module: require(main) as ChromaModule,
      cli: join(dirname(main), '..', 'cli.mjs'),
    };
  } catch (error) {
    throw unavailable('the npm package chromadb is not installed', {
      cause: error,
      retryable: false,
      data: { reason: 'MISSING' },
      remedy: 'npm install chromadb, or remove memory.chroma_url and memory.chromadb_path.',
    });
  }
}
