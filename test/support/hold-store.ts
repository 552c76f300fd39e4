import { openBackend } from '../../src/engine/backends/open-backend.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { storing, unitOf } from './memory-space.ts';

/* A process that opens a store, writes one memory, says so and keeps the store until it is killed. */

const [path = ''] = process.argv.slice(2);
const backend = await openBackend(parseEngineConfig({ memory: { sqlite_path: path } }));
await backend.write(unitOf('main', [storing('held', 1)]), 100);
process.stdout.write('ready\n');
process.stdin.resume();
