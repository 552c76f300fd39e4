import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ListBackups, TakeBackup } from '../support/backup-documents.graphql.ts';
import { makeTestFolder } from '../support/open-test-engine.ts';
import { FollowJob } from '../support/recall-documents.graphql.ts';
import { startTestServer } from '../support/start-test-server.ts';
import { expectType, request } from '../support/test-client.ts';
import { TransactionClient } from '../support/transaction-client.ts';
import { StoreMemories } from '../support/write-documents.graphql.ts';

describe('backups over HTTP', () => {
  it('are jobs with progress, and are listed newest first', async () => {
    const directory = join(await makeTestFolder(), 'backups');
    const { url } = await startTestServer({ backup: { directory } });
    const items = Array.from({ length: 20 }, (_, index) => ({ key: `k${index}`, value: index }));
    await request(url, StoreMemories, { input: { items } });
    for (const input of [{ name: 'first' }, { kind: 'INCREMENTAL', name: 'second' } as const]) {
      const { backup } = await request(url, TakeBackup, { input });
      const { job } = expectType(backup, 'BackupPayload');
      expect(job.kind).toBe('backup');
      const follow = async () => (await request(url, FollowJob, { id: job.id })).job;
      await expect.poll(follow).toMatchObject({ state: 'DONE', error: null, failed: 0 });
      const ended = await follow();
      expect(ended?.done).toBe(ended?.total);
    }
    const { backups } = await request(url, ListBackups, {});
    expect(backups).toMatchObject([
      { name: 'second', kind: 'INCREMENTAL', base: 'first', memories: 20, changes: 0 },
      { name: 'first', kind: 'FULL', base: null, memories: 20, changes: 20 },
    ]);
    expect(backups?.[0]).toMatchObject({
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      commitNumber: backups?.[1]?.commitNumber,
      epoch: backups?.[1]?.epoch,
    });
  });

  it('take names and no paths, need a folder, and stand outside of transactions', async () => {
    const directory = join(await makeTestFolder(), 'backups');
    const { url } = await startTestServer({ backup: { directory } });
    expect(
      (await request(url, TakeBackup, { input: { name: '../outside' } })).backup,
    ).toMatchObject({
      __typename: 'ValidationError',
      code: 'VALIDATION',
      path: ['name'],
    });
    const transaction = await TransactionClient.begin(url);
    expect((await transaction.request(TakeBackup, { input: {} })).backup).toMatchObject({
      __typename: 'TransactionStateError',
    });
    const without = await startTestServer();
    expect((await request(without.url, TakeBackup, { input: {} })).backup).toMatchObject({
      message: 'no folder for backups is configured',
      remedy: 'Set backup.directory in the configuration.',
    });
    expect(await request(without.url, ListBackups, {})).toEqual({ backups: [] });
  });
});
