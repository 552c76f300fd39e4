import { pathToFileURL } from 'node:url';
import type { entryPoint as product } from '../../src/engine/pool/entry-point.ts';
import { built } from './built.ts';

/** Takes the place of the product's own in tests, whose threads are compiled. */
export const entryPoint: typeof product = (name) => ({
  filename: pathToFileURL(built(`src/engine/pool/${name}.ts`).replace(/\.js$/, '.cjs')).href,
  execArgv: [],
});
