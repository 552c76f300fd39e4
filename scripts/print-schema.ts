import { writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchema } from '../src/schema/index.ts';

/**
 * Writes schema.graphql; a test proves that the file is current. With `--release` it also writes the file that later
 * changes are checked against, which is a step of a release and of nothing else.
 */
const text = `${printSchema(lexicographicSortSchema(buildSchema()))}\n`;
writeFileSync(new URL('../schema.graphql', import.meta.url), text);
if (process.argv.includes('--release')) {
  writeFileSync(new URL('../test/fixtures/released-schema.graphql', import.meta.url), text);
}
