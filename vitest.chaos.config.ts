import { defineConfig } from 'vitest/config';
import shared from './vitest.config.ts';

/** The long forms of the durability tests: `npm run test:chaos`, about a quarter of an hour on two cores. */
export default defineConfig({
  ...shared,
  test: { ...shared.test, include: ['test/chaos/*.long.ts'], fileParallelism: false },
});
