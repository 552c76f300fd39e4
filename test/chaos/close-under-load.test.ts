import { describe, expect, it } from 'vitest';
import { MemorySystemError } from '../../src/engine/errors.ts';
import { openEngine } from '../../src/engine/index.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { MemorySpace } from '../support/memory-space.ts';
import { makeTestPath, openTestBackend } from '../support/open-test-backend.ts';

describe('engine', () => {
  it('closed under load answers everything it accepted, and keeps what it acknowledged', async () => {
    const path = await makeTestPath();
    const engine = await openEngine(parseEngineConfig({ memory: { sqlite_path: path } }));
    const memories = engine.namespace('main');
    const stored: string[] = [];
    let closing: Promise<void> | undefined;
    const caller = async (name: number): Promise<void> => {
      for (let turn = 0; ; turn += 1) {
        const key = `${name}-${turn}`;
        try {
          await memories.store({ key, value: turn });
          stored.push(key);
          expect((await memories.get({ key }))?.value).toBe(turn);
        } catch (error) {
          expect(error).toBeInstanceOf(MemorySystemError);
          expect(closing).toBeDefined();
          return;
        }
        if (stored.length >= 300) closing ??= engine.close();
      }
    };
    await Promise.all(Array.from({ length: 32 }, (_, name) => caller(name)));
    await closing;
    const space = new MemorySpace(await openTestBackend('sqlite', path), 'main');
    const found = await space.getMany(stored.map((key) => ({ key })));
    expect(found.filter((record) => record === null)).toEqual([]);
  });
});
