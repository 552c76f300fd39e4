import { beforeEach, describe, expect, it } from 'vitest';
import type { ReadMap } from '../../src/engine/backends/read-map.ts';
import { MemoryTimeoutError } from '../../src/engine/errors.ts';
import { storing } from '../support/memory-space.ts';
import { randomFrom } from '../support/random.ts';
import { type CrashableSpace, openCrashable } from './crashable-space.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

/** A list that looks at every row and finds nothing, whatever it has read before. */
function heavyList(): Pick<ReadMap['list']['args'], 'filter'> {
  const or = Array.from({ length: 60 }, (_, index) => ({
    operand: { json: 'value' as const, path: ['words', index % 7] },
    comparison: { operator: 'contains' as const, value: `absent-${index}` },
  }));
  return { filter: { or } };
}

describe('reader threads', () => {
  let crashable: CrashableSpace;
  beforeEach(async () => {
    crashable = await openCrashable();
    await crashable.space.write(
      Array.from({ length: 100 }, (_, index) => storing(`k${index}`, index)),
    );
  });

  /** Reads until every caller has done its share; every answer must be right. Returns how many were refused. */
  async function readUnderLoad(meanwhile: (read: number) => Promise<void>): Promise<number> {
    let done = 0;
    let refused = 0;
    const caller = async (name: number): Promise<void> => {
      for (let turn = 0; turn < 100; turn += 1) {
        const key = (name * 31 + turn) % 100;
        const text = await crashable.space.valueText(`k${key}`).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'CONNECTION', retryable: true });
          refused += 1;
          return String(key);
        });
        expect(text).toBe(String(key));
        done += 1;
        await meanwhile(done);
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, name) => caller(name)));
    expect(done).toBe(1_600);
    return refused;
  }

  it(`ended at random under load: every read is answered (seed ${SEED})`, async () => {
    const random = randomFrom(SEED);
    let next = 1 + random(100);
    let crashes = 0;
    const refused = await readUnderLoad(async (done) => {
      if (done < next) return;
      next = done + 100 + random(150);
      crashes += 1;
      await crashable.backend.crash('reader');
    });
    expect(crashes).toBeGreaterThan(4);
    expect(refused).toBeLessThan(1_600 / 4);
    expect(await crashable.space.valueText('k1')).toBe('1');
    const readers = (await crashable.backend.statistics()).pools[1];
    expect(readers?.respawns).toBeGreaterThan(0);
    expect(readers?.connections.every(({ state }) => state === 'OK')).toBe(true);
  });

  it(`resized under load: every read is answered rightly (seed ${SEED})`, async () => {
    const random = randomFrom(SEED);
    const refused = await readUnderLoad(async (done) => {
      if (done % 200 === 0) await crashable.backend.resize(1 + random(4));
    });
    expect(refused).toBe(0);
    expect(await crashable.backend.resize(2)).toBe(2);
    expect((await crashable.backend.statistics()).pools[1]).toMatchObject({ size: 2, queued: 0 });
  });

  it('a long query is stopped at its deadline by the clock, and its thread lives on', async () => {
    const { backend, space } = crashable;
    const words = Array.from({ length: 7 }, (_, index) => `some words of memory ${index}`);
    for (let batch = 0; batch < 4; batch += 1) {
      await space.write(
        Array.from({ length: 1_000 }, (_, index) => storing(`big-${batch}-${index}`, { words })),
      );
    }
    const list = { order: [], limit: 10, after: null, before: null, fromEnd: false };
    const read = (deadline: number): Promise<unknown> =>
      backend.read(
        'list',
        { namespace: 'main', ...list, ...heavyList(), withTotal: true, now: Date.now() },
        { deadline },
      );
    await expect(read(Date.now() + 20)).rejects.toBeInstanceOf(MemoryTimeoutError);
    expect(await space.valueText('k1')).toBe('1');
    const readers = (await backend.statistics()).pools[1];
    expect(readers?.connections.every(({ reconnects }) => reconnects === 0)).toBe(true);
    expect(await read(Date.now() + 60_000)).toMatchObject({ records: [], total: 0 });
  });
});
