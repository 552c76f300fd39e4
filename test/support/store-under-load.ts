import { writeSync } from 'node:fs';
import { openBackend } from '../../src/engine/backends/open-backend.ts';
import { VersionConflictError } from '../../src/engine/errors.ts';
import type { WriteOperation } from '../../src/engine/model/write-operation.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { type Acknowledgement, type LoadValue, wordOf } from '../chaos/load.ts';
import { storing, unitOf } from './memory-space.ts';
import { randomFrom } from './random.ts';

/*
 * A process that is made to be killed: callers without end write to a store and print each acknowledged unit, as one line
 * of JSON, after its acknowledgement. Some units are made to be refused, and printed as such. Arguments: path, backend, seed,
 * number of callers, name of this run.
 */

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

/** A unit whose second write fails: its first one must never be seen. */
async function beRefused(name: string, operations: readonly WriteOperation[]): Promise<void> {
  try {
    await backend.write(unitOf('load', operations), 200);
  } catch (error) {
    if (!(error instanceof VersionConflictError)) throw error;
    writeSync(1, `${JSON.stringify({ refused: name })}\n`);
    return;
  }
  throw new Error(`${name} was not refused`);
}

async function call(caller: number): Promise<never> {
  const random = randomFrom(Number(seed) * 1_000 + caller);
  const own: string[] = [];
  for (let turn = 0; ; turn += 1) {
    // The synchronous backend never lets go of the thread by itself.
    if (backendName === 'sqlite_sync') await new Promise((resolve) => setImmediate(resolve));
    const name = `${run}c${caller}t${turn}`;
    const value = (of: number, index: number): LoadValue => ({ word: wordOf(name, index), of });
    const operations: WriteOperation[] = [];
    const choice = random(20);
    if (choice === 19) {
      await beRefused(name, [
        storing(`${name}-0`, value(2, 0)),
        storing(`${name}-1`, value(2, 1), { ifVersion: 99 }),
      ]);
      continue;
    }
    const known = own[random(Math.max(own.length, 1))];
    if (choice < 6 && known !== undefined) {
      const valueText = JSON.stringify(value(1, 0));
      operations.push({ kind: 'update', target: { key: known }, valueText });
    } else if (choice < 8 && known !== undefined) {
      operations.push({ kind: 'delete', target: { key: known } });
      own.splice(own.indexOf(known), 1);
    } else {
      const of = choice < 14 ? 1 : 2 + random(4);
      for (let index = 0; index < of; index += 1) {
        operations.push(storing(`${name}-${index}`, value(of, index), { tags: [name] }));
        own.push(`${name}-${index}`);
      }
    }
    const unit = unitOf('load', operations);
    const { csn, outcomes } = await backend.write(unit, 200);
    const writes = outcomes.flatMap(({ kind, record }) =>
      record === null || kind === 'unchanged'
        ? []
        : [{ kind, key: record.key, version: record.version }],
    );
    const line: Acknowledgement = { txid: unit.txid, csn, writes };
    writeSync(1, `${JSON.stringify(line)}\n`);
  }
}

await Promise.all(Array.from({ length: Number(callers) }, (_, caller) => call(caller)));
