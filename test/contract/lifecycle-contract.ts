import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { MemoryConnectionError, MemoryDataCorruptionError } from '../../src/engine/errors.ts';
import { MemorySpace, storing } from '../support/memory-space.ts';
import { makeTestPath, openTestBackend } from '../support/open-test-backend.ts';
import type { BackendCapabilities } from './backend-contract.ts';

/** Opening, closing, and what happens to the file in between. */
export function describeLifecycle({ kind, journalMode }: BackendCapabilities): void {
  const open = async (path: string): Promise<MemorySpace> =>
    new MemorySpace(await openTestBackend(kind, path), 'main');

  describe('open and close', () => {
    it('tell about the store', async () => {
      const path = await makeTestPath();
      const { backend } = await open(path);
      expect(backend.info).toEqual({
        backend: kind,
        path,
        epoch: expect.stringMatching(/^[0-9a-f]{8}$/),
        schemaVersion: expect.any(Number),
        sqliteVersion: expect.stringMatching(/^3\.\d+\.\d+$/),
        synchronous: 'FULL',
        journalMode,
        embedders: [],
        embedderId: null,
        storeId: expect.stringMatching(/^[0-9a-f]{16}$/),
        role: 'OWNER',
        incarnation: 1,
        cacheEpoch: expect.any(Number),
      });
    });

    it('keep everything, the epoch and the stored answers', async () => {
      const path = await makeTestPath();
      const first = await open(path);
      const idempotency = { key: 'i', requestHash: 'h' };
      const answer = await first.write([storing('k', 'kept', { tags: ['t'] })], { idempotency });
      const changes = await first.changes();
      await first.backend.close();
      const second = await open(path);
      expect(second.backend.info.epoch).toBe(first.backend.info.epoch);
      expect(await second.get('k')).toEqual(answer.outcomes[0]?.record);
      expect(await second.changes()).toEqual(changes);
      expect(await second.recall('kept')).toEqual(['k']);
      const again = await second.write([storing('k', 'kept', { tags: ['t'] })], { idempotency });
      expect(again).toEqual({ ...answer, replayed: true });
      const next = await second.apply(storing('other'));
      expect(next.seq).toBe(changes.headSeq + 1);
      expect(next.record.id).toBeGreaterThan(answer.outcomes[0]?.record?.id ?? 0);
    });

    it('close is final and the same when repeated', async () => {
      const space = await open(await makeTestPath());
      await space.store('k');
      await Promise.all([space.backend.close(), space.backend.close()]);
      await space.backend.close();
      const refused = [
        space.store('k'),
        space.get('k'),
        space.backend.touch('main', [{ memoryId: 1, count: 1, at: 1 }]),
        space.backend.sweepExpired(1, 1),
        space.backend.prune({ changesBefore: 0, keepChanges: 0, now: 0 }),
        space.backend.optimize(),
      ];
      for (const call of refused) await expect(call).rejects.toBeInstanceOf(MemoryConnectionError);
      for (const check of await space.backend.probe()) expect(check.state).toBe('CLOSED');
      expect(space.backend.health().every(({ state }) => state === 'CLOSED')).toBe(true);
    });

    it('a closed file is free for the next owner, its log folded in and marked clean', async () => {
      const path = await makeTestPath();
      const space = await open(path);
      await space.store('k', 'folded');
      await space.backend.close();
      const raw = new Database(path, { readonly: true });
      expect(raw.prepare('SELECT clean_shutdown FROM engine_meta').pluck().get()).toBe(1);
      expect(raw.prepare('SELECT value FROM memories').pluck().get()).toBe('"folded"');
      expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
      raw.close();
    });

    it('a second owner is refused while the first lives', async () => {
      const path = await makeTestPath();
      const space = await open(path);
      await expect(openTestBackend(kind, path)).rejects.toMatchObject({
        code: 'CONNECTION',
        data: { reason: 'owned' },
      });
      expect((await space.store('k')).version).toBe(1);
      await space.backend.close();
      expect(await (await open(path)).get('k')).not.toBeNull();
    });

    it('a folder that does not exist is refused', async () => {
      await expect(
        openTestBackend(kind, `${await makeTestPath()}/no/such/folder.db`),
      ).rejects.toBeInstanceOf(MemoryConnectionError);
    });
  });

  describe('a row changed behind the back of the engine', () => {
    it.each([
      ['the value', `UPDATE memories SET value = '"forged"' WHERE key = 'bad'`],
      ['the metadata', `UPDATE memories SET metadata = '{"a":1}' WHERE key = 'bad'`],
      ['the tags', `UPDATE memories SET tags = '["x"]' WHERE key = 'bad'`],
      ['the importance', "UPDATE memories SET importance = 0.9 WHERE key = 'bad'"],
      ['the expiry', "UPDATE memories SET expires_at = 9999999999999 WHERE key = 'bad'"],
      ['the version', "UPDATE memories SET version = 9 WHERE key = 'bad'"],
      ['the section', "UPDATE memories SET section = 'cache' WHERE key = 'bad'"],
      ['the checksum', "UPDATE memories SET crc = crc + 1 WHERE key = 'bad'"],
      ['the name of the persona', "UPDATE personas SET name = 'forged'"],
    ])('is refused on read: %s', async (_what, sql) => {
      const path = await makeTestPath();
      const first = await open(path);
      const bad = await first.store('bad', 'word', { persona: 'P' });
      await first.store('good', 'other');
      await first.backend.close();
      const raw = new Database(path);
      expect(raw.prepare(sql).run().changes).toBe(1);
      raw.close();
      const space = await open(path);
      for (const read of [
        () => space.get('bad'),
        () => space.getMany([{ id: bad.id }, { key: 'good' }]),
        () => space.list(),
        () => space.recall('word'),
        () => space.apply({ kind: 'update', target: { key: 'bad' }, importance: 0.1 }),
      ]) {
        const error: unknown = await read().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(MemoryDataCorruptionError);
        expect(error).toMatchObject({ data: { memoryId: bad.id, namespace: 'main' } });
      }
      expect(await space.valueText('good')).toBe('"other"');
    });

    it('is refused in the change log too', async () => {
      const path = await makeTestPath();
      const first = await open(path);
      await first.store('k', 1);
      await first.backend.close();
      const raw = new Database(path);
      raw.prepare("UPDATE changes SET value = '2'").run();
      raw.close();
      const space = await open(path);
      await expect(space.changes()).rejects.toBeInstanceOf(MemoryDataCorruptionError);
      expect(await space.valueText('k')).toBe('1');
    });
  });
}
