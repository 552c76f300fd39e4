// Puts the module graph of each thread and of each program into few files, over what the compiler wrote (into dist/, or where
// the first argument says src/ is compiled to). Measured on Node 20: a thread loads in 40 ms of CPU instead of 115, and every
// start opens two; the server's own modules and those of its packages, a thousand files, load in a third of the time.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [compiled = 'dist'] = process.argv.slice(2);
const root = fileURLToPath(new URL('..', import.meta.url));
const sources = join(root, 'src');

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  sourcemap: true,
  // Not keepNames: it defines the name of every closure whenever one is made, a fifth of a request (test/bundle.test.ts).
  logLevel: 'warning',
};

// As CommonJS: Node 20 ends the whole process when a thread is ended while it loads an ES module by require, as Piscina does
// (v8::Module::IsGraphAsync: one of 300 ends; none of 1,600 this way).
await build({
  ...shared,
  format: 'cjs',
  entryPoints: ['worker', 'maintenance-worker', 'integrity-worker'].map(
    (name) => `src/engine/pool/${name}.ts`,
  ),
  outdir: join(compiled, 'engine', 'pool'),
  outExtension: { '.js': '.cjs' },
  packages: 'external',
  define: { 'import.meta.url': 'ownAddress' },
  banner: { js: "const ownAddress = require('node:url').pathToFileURL(__filename).href;" },
});

/** Packages with native code, threads or data files of their own, and those that only some configurations load. */
const LOADED_FROM_THEIR_PLACE = [
  '@graphql-yoga/render-graphiql',
  '@opentelemetry/*',
  'better-sqlite3',
  'chromadb',
  'gpt-tokenizer',
  'hdr-histogram-js',
  'ioredis',
  'pino',
  'piscina',
  'prom-client',
  'ws',
];

// One build each, so that all files of a program lie in its own folder.
for (const program of ['main.ts', 'cli/main.ts']) {
  const folder = dirname(program);
  const { metafile } = await build({
    ...shared,
    entryPoints: [`src/${program}`],
    outdir: join(compiled, folder),
    splitting: true,
    metafile: true,
    chunkNames: 'chunk-[hash]',
    external: LOADED_FROM_THEIR_PLACE,
    // The checks of graphql for developers (is there a second copy of it?) take 5 % of a request.
    define: { 'process.env.NODE_ENV': '"production"' },
    // For the packages inside that are CommonJS.
    banner: {
      js: "import { createRequire as createRequireOf } from 'node:module'; const require = createRequireOf(import.meta.url);",
    },
    plugins: [keepPlaces(join(sources, folder)), graphqlInModules()],
  });
  removeOldChunks(resolve(root, compiled, folder), Object.keys(metafile.outputs));
}

/**
 * The package `graphql` ships two module formats. Of the older one, which esbuild takes for Node, each function is reached through three
 * getters at each call; and a program must not hold both, since types of one are unknown to the other.
 */
function graphqlInModules() {
  return {
    name: 'graphql-in-modules',
    setup({ onResolve }) {
      onResolve({ filter: /^graphql(\/|$)/ }, ({ path }) => {
        const place = join(root, 'node_modules', path);
        const file = [`${place}.mjs`, join(place, 'index.mjs')].find((name) => existsSync(name));
        return file === undefined ? { errors: [{ text: `${path} is no module` }] } : { path: file };
      });
    },
  };
}

/** Their names come from their content, so that a new one does not replace the old one. Last, since a test may start the program meanwhile. */
function removeOldChunks(folder, written) {
  const names = new Set(written.map((path) => basename(path)));
  for (const name of readdirSync(folder))
    if (name.startsWith('chunk-') && !names.has(name)) rmSync(join(folder, name));
}

/** A module opens files beside it by its own address: inside a bundle it goes on seeing the one that the compiler gave it. */
function keepPlaces(folder) {
  const place = /\bimport\.meta\.url\b/g;
  return {
    name: 'keep-places',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const own = relative(folder, path).replaceAll('\\', '/').replace(/\.ts$/, '.js');
        const address = `new URL(${JSON.stringify(own)}, import.meta.url).href`;
        return {
          contents: (await readFile(path, 'utf8')).replace(place, address),
          loader: 'ts',
        };
      });
    },
  };
}
