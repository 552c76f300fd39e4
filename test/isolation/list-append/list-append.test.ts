import { describe, expect, it } from 'vitest';
import { ISOLATION_LEVELS } from '../../../src/engine/index.ts';
import { makeTestPath, openTestBackend } from '../../support/open-test-backend.ts';
import { openTestEngine } from '../../support/open-test-engine.ts';
import { BackendListClient } from './backend-list-client.ts';
import { BROKEN_ENGINES, BrokenBackend } from './broken-backends.ts';
import { checkHistory } from './check-history.ts';
import { generate } from './generate.ts';
import { describeRun, forbidden, missing } from './level-expectation.ts';
import { LibraryListClient } from './library-list-client.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const CLIENTS = 10;

describe('random list-append histories', () => {
  it.each(ISOLATION_LEVELS)(
    `%s: 1500 transactions show what the level allows and nothing else (seed ${SEED})`,
    async (level) => {
      const engine = await openTestEngine();
      const client = new LibraryListClient(engine.namespace('lists'));
      const run = await generate(client, {
        seed: SEED,
        level,
        transactions: 1_500,
        clients: CLIENTS,
      });
      const found = checkHistory(run);
      console.info(describeRun(level, SEED, run, found));
      expect(forbidden(level, found)).toEqual([]);
      expect(missing(level, found)).toEqual([]);
      const committed = run.transactions.filter(({ outcome }) => outcome === 'committed');
      expect(committed.length).toBeGreaterThan(run.transactions.length / 5);
    },
  );
});

describe('broken engines are found out', () => {
  it.each(Object.entries(BROKEN_ENGINES))(`%s (seed ${SEED})`, async (_name, breakage) => {
    const sound = await openTestBackend('sqlite', await makeTestPath());
    const client = new BackendListClient(new BrokenBackend(sound, breakage), 'lists');
    const level = 'SERIALIZABLE';
    const run = await generate(client, {
      seed: SEED,
      level,
      transactions: 600,
      clients: CLIENTS,
    });
    const found = forbidden(level, checkHistory(run));
    console.info(describeRun(level, SEED, run, found), '\n ', found[0]?.witness);
    expect(found.length).toBeGreaterThan(0);
  });

  it(`and the same way to a sound one shows nothing (seed ${SEED})`, async () => {
    const sound = await openTestBackend('sqlite', await makeTestPath());
    const client = new BackendListClient(new BrokenBackend(sound, {}), 'lists');
    const level = 'SERIALIZABLE';
    const run = await generate(client, {
      seed: SEED,
      level,
      transactions: 600,
      clients: CLIENTS,
    });
    expect(checkHistory(run)).toEqual([]);
  });
});
