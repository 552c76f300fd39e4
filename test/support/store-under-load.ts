import { writeSync } from 'node:fs';
import { openBackend } from '../../src/engine/backends/open-backend.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import type { WriteOperation } from '../../src/engine/types.ts';
import { storing, unitOf } from './memory-space.ts';
import { randomFrom } from './random.ts';

/*
 * A process that is made to be killed: callers without end write to a store and print each acknowledged unit, as one line
 * of JSON, after its acknowledgement. Arguments: path, backend, seed, number of callers, name of this run.
 */

/** One acknowledged write of one memory. */
export interface AcknowledgedWrite {
  readonly key: string;
  readonly version: number;
  readonly kind: string;
}

/** One line of output. */
export interface Acknowledgement {
  readonly txid: string;
  readonly csn: number;
  readonly writes: readonly AcknowledgedWrite[];
}

/** What every stored value holds: a word that no other value holds, and how many writes its unit has. */
export interface LoadValue {
  readonly word: string;
  readonly of: number;
}

const [path = '', backendName = 'sqlite', seed = '0', callers = '1', run = ''] =
  process.argv.slice(2);
const backend = await openBackend(
  parseEngineConfig({
    memory: {
      backend: backendName === 'sqlite_sync' ? 'sqlite_sync' : 'sqlite',
      sqlite_path: path,
    },
  }),
);

async function call(caller: number): Promise<never> {
  const random = randomFrom(Number(seed) * 1_000 + caller);
  const own: string[] = [];
  for (let turn = 0; ; turn += 1) {
    const name = `x${run}c${caller}t${turn}`;
    const value = (of: number, index: number): LoadValue => ({ word: `${name}i${index}`, of });
    const operations: WriteOperation[] = [];
    const choice = random(10);
    const known = own[random(Math.max(own.length, 1))];
    if (choice < 3 && known !== undefined) {
      const valueText = JSON.stringify(value(1, 0));
      operations.push({ kind: 'update', target: { key: known }, valueText });
    } else if (choice === 3 && known !== undefined) {
      operations.push({ kind: 'delete', target: { key: known } });
      own.splice(own.indexOf(known), 1);
    } else {
      const of = choice < 7 ? 1 : 2 + random(4);
      for (let index = 0; index < of; index += 1) {
        operations.push(storing(`${name}-${index}`, value(of, index), { tags: [name] }));
        own.push(`${name}-${index}`);
      }
    }
    const unit = unitOf('load', operations);
    const { csn, outcomes } = await backend.write(unit, 200);
    const writes = outcomes.flatMap(({ kind, record }) =>
      record === null ? [] : [{ kind, key: record.key, version: record.version }],
    );
    const line: Acknowledgement = { txid: unit.txid, csn, writes };
    writeSync(1, `${JSON.stringify(line)}\n`);
    // The synchronous backend never lets go of the thread by itself.
    if (backendName === 'sqlite_sync') await new Promise((resolve) => setImmediate(resolve));
  }
}

await Promise.all(Array.from({ length: Number(callers) }, (_, caller) => call(caller)));
