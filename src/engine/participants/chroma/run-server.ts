import { once } from 'node:events';
import { createRequire } from 'node:module';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { lockAddress } from './directory-lock.ts';

/*
 * A process of its own: the Chroma server and its guard. The server occupies the main thread for good, hence the guard's thread.
 * Arguments: chromadb's program, the data directory, the port of 127.0.0.1.
 */

/** Exit code: another process runs the server of this directory. */
const EXIT_LOCKED = 75;

const [cli, directory, port] = process.argv.slice(2);
if (cli === undefined || directory === undefined || port === undefined)
  throw new Error('usage: run-server CLI DIRECTORY PORT');

const guard = new Worker(guardModule(), { workerData: lockAddress(directory) });
const [isHeld] = (await once(guard, 'message')) as [boolean];
if (!isHeld) {
  process.stderr.write('another process runs the Chroma server of this directory\n');
  process.exit(EXIT_LOCKED);
}
guard.unref();

const words = ['run', '--path', directory, '--host', '127.0.0.1', '--port', port];
process.argv.splice(1, Number.POSITIVE_INFINITY, cli, ...words);
await import(pathToFileURL(cli).href);

/** From sources a first module of one line registers tsx's loader, because a thread does not take it over from the process. */
function guardModule(): URL {
  if (!import.meta.url.endsWith('.ts')) return new URL('./guard-thread.js', import.meta.url);
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm')).href;
  const guard = new URL('./guard-thread.ts', import.meta.url).href;
  const first = `import { register } from 'node:module'; register('${loader}', { data: {} }); await import('${guard}');`;
  return new URL(`data:text/javascript,${encodeURIComponent(first)}`);
}
