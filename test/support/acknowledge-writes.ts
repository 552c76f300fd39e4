import { writeSync } from 'node:fs';
import { openBackend } from '../../src/engine/backends/open-backend.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { storing, unitOf } from './memory-space.ts';

/* A process to be watched: stores one memory after the other and says so. Arguments: path, backend, synchronous, how many. */

const [path = '', kind = '', synchronous = '', count = ''] = process.argv.slice(2);
const backend = await openBackend(
  parseEngineConfig({
    memory: {
      backend: kind === 'sqlite_sync' ? 'sqlite_sync' : 'sqlite',
      synchronous: synchronous === 'NORMAL' ? 'NORMAL' : 'FULL',
      sqlite_path: path,
    },
  }),
);
for (let index = 0; index <= Number(count); index += 1) {
  await backend.write(unitOf('main', [storing(`k${index}`, index)]), 100);
  writeSync(1, `ack ${index}\n`);
}
await backend.close();
