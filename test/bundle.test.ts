import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as errors from '../src/engine/errors.ts';
import { BUILT_ROOT } from './support/built.ts';

/** Where the files lie that `npm start`, the command line and the threads load, and how they are called. */
const BUNDLES = [
  ['.', /^(main|chunk-.*)\.js$/],
  ['cli', /^(main|chunk-.*)\.js$/],
  ['engine/pool', /^[a-z-]*worker\.cjs$/],
] as const;
const ERROR_CLASS = /\b(?:class|var|let) (\w+)(?: = class)? extends (?:MemorySystem)?Error\b/g;

it.each(BUNDLES)('errors are named after their class in the bundles of %s', (folder, name) => {
  const path = join(BUILT_ROOT, 'src', folder);
  const texts = readdirSync(path)
    .filter((file) => name.test(file))
    .map((file) => readFileSync(join(path, file), 'utf8'));
  const found = texts.flatMap((text) => [...text.matchAll(ERROR_CLASS)].map(([, type]) => type));
  const ours = Object.keys(errors).filter((type) => type.endsWith('Error'));
  expect(found).toEqual(expect.arrayContaining(ours));
  // A bundler gives the second of two equal names a number.
  const renamed = found.filter((type) => /\d$/.test(type ?? ''));
  expect(renamed.filter((type) => ours.includes(type?.replace(/\d+$/, '') ?? ''))).toEqual([]);
});
