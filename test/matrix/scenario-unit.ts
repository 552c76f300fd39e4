import { setTimeout as delay } from 'node:timers/promises';
import type { Backend } from '../../src/engine/backends/backend.ts';
import type { Section } from '../../src/engine/model/section.ts';
import type { WriteUnit } from '../../src/engine/model/unit-of-work.ts';
import type { WriteOperation } from '../../src/engine/model/write-operation.ts';
import { storing, unitOf } from '../support/memory-space.ts';

/** One memory that Redis keeps, one whose vector is staged, one whose vector goes by the outbox, one that comes into being. */
export const CACHED = 'working_crash';
export const STAGED = 'fact_staged';
export const PATCHED = 'fact_patched';
export const CREATED = 'fact_created';

const LONGEST_MS = 30_000;
const LOOK_MS = 20;

export const OLD = 'the river ran slowly through the green valley';
export const NEW = 'a heavy storm broke the old wooden bridge';

function store(key: string, section: Section, text: string): WriteOperation {
  return storing(key, { text }, { section });
}

/** Old values everywhere: in SQLite, kept by Redis, published in Chroma. */
export async function prepareNamespace(backend: Backend, namespace: string): Promise<void> {
  const operations = [
    store(CACHED, 'working_memory', OLD),
    store(STAGED, 'semantic_memory', OLD),
    store(PATCHED, 'semantic_memory', OLD),
  ];
  await backend.write(unitOf(namespace, operations, { commitMode: 'available' }), 0);
  await whenDrained(backend);
  // The first read fills the cache, the second one finds it there.
  for (let round = 0; round < 2; round += 1)
    await backend.read('getMany', { namespace, targets: [{ key: CACHED }], now: Date.now() });
}

/** Changes all of them; `refused`: with a version that is wrong, as the last operation. */
export function crashingUnit(namespace: string, txid: string, refused: boolean): WriteUnit {
  const refusal: WriteOperation = { kind: 'assert', target: { key: CACHED }, version: 99 };
  const patch: WriteOperation = {
    kind: 'update',
    target: { key: PATCHED },
    valuePatchText: JSON.stringify({ text: NEW }),
  };
  const operations = [
    store(CACHED, 'working_memory', NEW),
    store(STAGED, 'semantic_memory', NEW),
    patch,
    store(CREATED, 'semantic_memory', NEW),
    ...(refused ? [refusal] : []),
  ];
  return unitOf(namespace, operations, { txid });
}

/** Resolves when no participant has anything left to do. */
export async function whenDrained(backend: Backend): Promise<void> {
  const deadline = Date.now() + LONGEST_MS;
  for (;;) {
    const open = await backend.read('outboxCounts', null);
    if (open.redis === 0 && open.chroma === 0) return;
    if (Date.now() > deadline)
      throw new Error(`the outbox does not become empty: ${JSON.stringify(open)}`);
    await delay(LOOK_MS);
  }
}
