import { execFileSync } from 'node:child_process';
import {
  closeSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MemoryDataCorruptionError } from '../../../src/engine/errors.ts';
import { MemorySpace, storing } from '../../support/memory-space.ts';
import {
  type BackendKind,
  makeTestPath,
  openTestBackend,
} from '../../support/open-test-backend.ts';
import { commit, openWriteSession } from '../../support/open-write-session.ts';

const COMMITS = 50;
const DAMAGES = {
  'a flipped bit in the middle': (wal: string): void => {
    const descriptor = openSync(wal, 'r+');
    const at = Math.floor(statSync(wal).size / 2);
    const byte = Buffer.alloc(1);
    readSync(descriptor, byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ 0x10;
    writeSync(descriptor, byte, 0, 1, at);
    closeSync(descriptor);
  },
  'a cut in the middle': (wal: string): void =>
    truncateSync(wal, Math.floor(statSync(wal).size / 2)),
  'no log at all': (wal: string): void => unlinkSync(wal),
} as const;

/** The files as a killed process leaves them, after commits of one memory each. Copied by another process: pitfall 1. */
async function leftByKilledWriter(): Promise<string> {
  const path = await makeTestPath();
  const session = openWriteSession(path);
  commit(session, storing('folded', 'safe'));
  session.database.pragma('wal_checkpoint(PASSIVE)');
  for (let index = 1; index < COMMITS; index += 1) commit(session, storing(`k${index}`, index));
  const copy = await makeTestPath();
  for (const suffix of ['', '-wal', '.hwm'])
    execFileSync('cp', [`${path}${suffix}`, `${copy}${suffix}`]);
  return copy;
}

describe.each<BackendKind>(['sqlite', 'sqlite_sync'])(
  'pitfall 8: a damaged log, opened by %s',
  (kind) => {
    it.each(Object.entries(DAMAGES))(
      '%s: quarantine, reads go on, writes are refused',
      async (_name, damage) => {
        const path = await leftByKilledWriter();
        damage(`${path}-wal`);
        const space = new MemorySpace(await openTestBackend(kind, path), 'main');
        const [check] = space.backend.health();
        expect(check).toMatchObject({
          state: 'QUARANTINE',
          message: expect.stringMatching(/ends at commit \d+, but 50 was acknowledged/),
        });
        expect(await space.valueText('folded')).toBe('"safe"');
        expect(await space.recall('safe')).toEqual(['folded']);
        const refusal = await space.store('new', 1).catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(MemoryDataCorruptionError);
        expect(refusal).toMatchObject({ remedy: expect.stringContaining('.hwm') });
        expect(await space.get('new')).toBeNull();
        const [probed] = await space.backend.probe();
        expect(probed?.state).toBe('QUARANTINE');
        await space.backend.close();

        // Quarantine outlives a restart, until somebody accepts the loss.
        const again = await openTestBackend(kind, path);
        expect(again.health()[0]?.state).toBe('QUARANTINE');
        await again.close();
        unlinkSync(`${path}.hwm`);
        const accepted = new MemorySpace(await openTestBackend(kind, path), 'main');
        expect(accepted.backend.health()[0]).toMatchObject({ state: 'OK', message: null });
        expect((await accepted.store('new', 1)).version).toBe(1);
      },
    );

    it('an undamaged one is replayed to the last commit', async () => {
      const path = await leftByKilledWriter();
      const space = new MemorySpace(await openTestBackend(kind, path), 'main');
      expect(space.backend.health()[0]?.state).toBe('OK');
      expect((await space.list({ limit: 1, withTotal: true })).total).toBe(COMMITS);
      expect((await space.apply(storing('next'))).seq).toBe(COMMITS + 1);
    });
  },
);
