import { defineConfig } from 'vitest/config';
import shared from './vitest.config.ts';

// The projects of the normal suite would bring its files along.
const { projects: _projects, ...test } = shared.test ?? {};

/** The long forms of the durability tests: `npm run test:chaos`, about a quarter of an hour on two cores. */
export default defineConfig({
  ...shared,
  test: { ...test, include: ['test/chaos/*.long.ts'], fileParallelism: false },
});
