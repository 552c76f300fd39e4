import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { V4Manager } from '../../src/baseline/v4-manager.ts';

describe('V4Manager, the baseline of the benchmark', () => {
  let directory: string;
  let path: string;
  let manager: V4Manager;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trinitas-v4-'));
    path = join(directory, 'v4.db');
    manager = new V4Manager(path);
  });

  afterEach(async () => {
    manager.close();
    await rm(directory, { recursive: true });
  });

  it('stores in the shape of v4, with its section rules', async () => {
    await manager.store('knowledge_tea', { text: 'green' }, { persona: 'athena', importance: 0.9 });
    await manager.store('tea', 'black');
    expect(
      read('SELECT key, value, section, persona, importance, access_count FROM memory_store'),
    ).toEqual([
      {
        key: 'knowledge_tea',
        value: '{"text":"green"}',
        section: 'semantic_memory',
        persona: 'athena',
        importance: 0.9,
        access_count: 0,
      },
      {
        key: 'tea',
        value: '"black"',
        section: 'working_memory',
        persona: null,
        importance: 0.5,
        access_count: 0,
      },
    ]);
  });

  it('replaces the whole row of a key, with a new id', async () => {
    await manager.store('tea', 'black');
    await manager.store('tea', 'green');
    expect(read('SELECT id, value FROM memory_store')).toEqual([{ id: 2, value: '"green"' }]);
  });

  it('recalls by the key only, most important first, and counts the access at once', async () => {
    await manager.store('a_tea', 1, { importance: 0.2 });
    await manager.store('b_tea', 2, { importance: 0.8 });
    await manager.store('coffee', 'tea');
    const hits = await manager.recall('tea');
    expect(hits.map(({ key, value }) => [key, value])).toEqual([
      ['b_tea', 2],
      ['a_tea', 1],
    ]);
    expect(await manager.recall('tea', 1)).toHaveLength(1);
    expect(read('SELECT key, access_count FROM memory_store ORDER BY key')).toEqual([
      { key: 'a_tea', access_count: 1 },
      { key: 'b_tea', access_count: 2 },
      { key: 'coffee', access_count: 0 },
    ]);
  });

  it('runs with a rollback journal', () => {
    expect(read('PRAGMA journal_mode')).toEqual([{ journal_mode: 'delete' }]);
  });

  function read(sql: string): unknown[] {
    const reader = new Database(path, { readonly: true });
    try {
      return reader.prepare(sql).all();
    } finally {
      reader.close();
    }
  }
});
