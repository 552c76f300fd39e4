import { openChroma } from '../../src/engine/participants/chroma/open-chroma.ts';

/*
 * A process that runs a Chroma server of its own in the directory of its argument, and says so when a record is acknowledged. It ends
 * when it is told to, or killed.
 */
const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: chroma-owner DIRECTORY');

const store = await openChroma(
  { path },
  {
    storeId: 'owner',
    retryBackoff: 1.5,
    retryAttempts: 3,
    healthCheckIntervalMs: 1_000,
    connectTimeoutMs: 5_000,
  },
);
store.useModel('test-model', 2);
const vector = Float32Array.of(1, 0);
await store.put(
  { namespace: 'default', section: 'semantic_memory' },
  [{ id: 'acknowledged:t', vector }],
  Date.now() + 20_000,
);
process.stdout.write('ready\n');
// Something that keeps the process alive, since the store does not have to.
setInterval(() => {}, 60_000);
