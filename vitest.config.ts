import { defineConfig } from 'vitest/config';

export default defineConfig({
  // graphql 16 ships two module formats; without this alias the sources get one and Pothos and Yoga the other.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    restoreMocks: true,
  },
});
