import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { ownProcessFiles } from './test/support/own-process-files.ts';
import { ProjectOrder } from './test/support/project-order.ts';

/** Tests of the protocol, limits, errors and transactions over HTTP; see src/server/fast-lane. */
const BOTH_LANES = ['audits', 'limits', 'masking', 'cross-site', 'transactions-directive'].map(
  (name) => `test/server/${name}.test.ts`,
);

const ALONE = ownProcessFiles();

export default defineConfig({
  resolve: {
    alias: [
      // graphql 16 ships two module formats; without this alias the sources get one and Pothos and Yoga the other.
      { find: /^graphql$/, replacement: 'graphql/index.js' },
      {
        find: /^\.\/entry-point\.ts$/,
        replacement: fileURLToPath(new URL('test/support/built-entry-point.ts', import.meta.url)),
      },
    ],
  },
  test: {
    globalSetup: 'test/support/build.ts',
    pool: 'forks',
    maxWorkers: 2,
    // Bounds for what hangs, not for what is slow: a busy machine takes many times as long as a quiet one.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    restoreMocks: true,
    sequence: { sequencer: ProjectOrder },
    projects: [
      // These files share two processes, so that each module is loaded twice and not two hundred times.
      {
        extends: true,
        test: { name: 'all', include: ['test/**/*.test.ts'], exclude: ALONE, isolate: false },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
      // What both ways to an answer must have in common, once more with every request sent through Yoga.
      {
        extends: true,
        test: {
          name: 'yoga',
          include: BOTH_LANES,
          isolate: false,
          env: { TRINITAS_TEST_LANE: 'yoga' },
        },
      },
    ],
  },
});
