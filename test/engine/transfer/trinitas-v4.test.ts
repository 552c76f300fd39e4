import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countTrinitasV4, readTrinitasV4 } from '../../../src/engine/transfer/trinitas-v4.ts';
import { collect } from './collect.ts';
import { makeV4File, type V4TestRow } from './make-v4-file.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'trinitas-v4-'));
  path = join(directory, 'old.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const read = (rows: readonly V4TestRow[], encoding?: string) => {
  makeV4File(path, rows, encoding);
  return collect(readTrinitasV4(path));
};

const TIMES = { created_at: '2026-11-22 08:40:18', accessed_at: '2026-11-22 09:00:00' };

describe('a Trinitas v4 file', () => {
  it('gives every column of a row', async () => {
    const { records, failures, notes } = await read([
      {
        key: 'fact_1',
        value: '{"a": 1}',
        metadata:
          '{"section": "cache", "persona": "hestia", "tags": ["x", "y"], "importance": 0.1}',
        section: 'semantic_memory',
        persona: 'athena',
        importance: 0.75,
        ...TIMES,
        access_count: 7,
      },
    ]);
    expect(failures).toEqual([]);
    expect(notes).toEqual([]);
    expect(records).toEqual([
      {
        key: 'fact_1',
        valueText: '{"a":1}',
        metadataText: '{"section":"cache","persona":"hestia","tags":["x","y"],"importance":0.1}',
        tags: ['x', 'y'],
        section: 'semantic_memory',
        persona: 'athena',
        importance: 0.75,
        createdAt: Date.UTC(2026, 10, 22, 8, 40, 18),
        updatedAt: Date.UTC(2026, 10, 22, 8, 40, 18),
        accessedAt: Date.UTC(2026, 10, 22, 9, 0, 0),
        accessCount: 7,
        expiresAt: null,
      },
    ]);
  });

  it.each([
    ['Japanese', '"日本語の記憶"'],
    ['emoji', '"🦊🚀"'],
    ['null', 'null'],
    ['an empty string', '""'],
    ['an integer beyond 2^53', '9007199254740993'],
    ['many decimals', '0.1234567890123456789012345'],
    ['a trailing zero', '1.10'],
    ['quotes', String.raw`"it's \"quoted\""`],
    ['LIKE wildcards', '"100% _like_"'],
    ['a line separator', '"a\u2028b"'],
    ['an escaped lone surrogate', String.raw`"\ud800"`],
    ['a __proto__ key', '{"__proto__":{"x":1}}'],
  ])('keeps a value with %s exactly', async (name, value) => {
    const { records } = await read([{ key: `鍵 🗝 ${name} %_'"`, value, ...TIMES }]);
    expect(records.map((record) => [record.key, record.valueText])).toEqual([
      [`鍵 🗝 ${name} %_'"`, value],
    ]);
  });

  it('leaves what is missing to the defaults', async () => {
    const { records } = await read([
      {
        key: 'k',
        value: '1',
        metadata: null,
        importance: null,
        created_at: TIMES.created_at,
        accessed_at: null,
        access_count: null,
      },
    ]);
    expect(records[0]).toMatchObject({
      metadataText: '{}',
      tags: [],
      section: null,
      persona: null,
      importance: null,
      accessedAt: Date.UTC(2026, 10, 22, 8, 40, 18),
      accessCount: 0,
    });
  });

  it.each([
    ['{"tags":"one"}', []],
    ['{"tags":["a",1]}', []],
    ['{"tags":["a","b"]}', ['a', 'b']],
  ])('takes tags from %s only when they are a list of texts', async (metadata, tags) => {
    const { records } = await read([{ key: 'k', value: '1', metadata, ...TIMES }]);
    expect(records[0]?.tags).toEqual(tags);
    expect(records[0]?.metadataText).toBe(metadata);
  });

  it.each<[string, Partial<V4TestRow>, string]>([
    ['text that is not JSON', { value: 'plain text' }, 'value: is not valid JSON'],
    ['NaN, which Python writes', { value: '{"a": NaN}' }, 'value: is not valid JSON'],
    [
      'a key twice in an object',
      { value: '{"a":1,"a":2}' },
      'value: is not valid JSON: Duplicate key',
    ],
    ['a BLOB as value', { value: Buffer.from([1]) }, 'value: is a BLOB'],
    ['broken metadata', { metadata: '{' }, 'metadata: is not valid JSON'],
    ['metadata that are a list', { metadata: '[1]' }, 'metadata: must be a JSON object'],
    ['an unknown section', { section: 'dreams' }, 'section: "dreams" is no section'],
    [
      'an importance above 1',
      { importance: 1.5 },
      'importance: must be a number from 0 to 1, not "1.5"',
    ],
    [
      'an importance that is text',
      { importance: 'high' },
      'importance: must be a number from 0 to 1, not "high"',
    ],
    ['no creation time', { created_at: null }, 'created_at: is missing'],
    [
      'a day that does not exist',
      { created_at: '2026-02-30 00:00:00' },
      'created_at: must be a UTC time',
    ],
    ['a time in another form', { created_at: '22/11/2026' }, 'created_at: must be a UTC time'],
    [
      'a local time with an offset',
      { accessed_at: '2026-11-22T09:00:00+09:00' },
      'accessed_at: must be a UTC time',
    ],
    ['a negative count', { access_count: -1 }, 'access_count: must be a whole number from 0'],
    ['a fractional count', { access_count: 1.5 }, 'access_count: must be a whole number from 0'],
    ['a key that is not NFC', { key: 'e\u0301' }, 'key: is not in Unicode form NFC'],
    ['a persona that is not NFC', { persona: 'e\u0301' }, 'persona: is not in Unicode form NFC'],
  ])('reports a row with %s and keeps the others', async (_name, broken, reason) => {
    const { records, failures } = await read([
      { key: 'before', value: '1', ...TIMES },
      { key: 'bad', value: '1', ...TIMES, ...broken },
      { key: 'after', value: '1', ...TIMES },
    ]);
    expect(records.map((record) => record.key)).toEqual(['before', 'after']);
    expect(failures).toHaveLength(1);
    expect(failures[0]?.key).toBe(broken.key ?? 'bad');
    expect(failures[0]?.reason).toContain(reason);
  });

  it('reports everything that is wrong with a row at once', async () => {
    const { failures } = await read([
      { key: 'bad', value: '{', section: 'x', importance: 2, ...TIMES },
    ]);
    expect(failures[0]?.reason).toMatch(/value: .*; section: .*; importance: /);
  });

  it('reports text that is not valid UTF-8 instead of replacing its bytes', async () => {
    makeV4File(path, [{ key: 'good', value: '1', ...TIMES }]);
    const database = new Database(path);
    database.exec(
      `INSERT INTO memory_store (key, value, created_at) VALUES ('bad', CAST(x'22ff22' AS TEXT), '${TIMES.created_at}')`,
    );
    database.close();
    const { records, failures } = await collect(readTrinitasV4(path));
    expect(records.map((record) => record.key)).toEqual(['good']);
    expect(failures).toEqual([{ key: 'bad', reason: 'value: is not valid UTF-8' }]);
  });

  it('reads a file in UTF-16', async () => {
    const { records } = await read([{ key: '鍵🗝', value: '"値"', ...TIMES }], 'UTF-16le');
    expect(records.map((record) => [record.key, record.valueText])).toEqual([['鍵🗝', '"値"']]);
  });

  it.each([
    ['2026-11-22 08:40:18.25', 250, 0],
    ['2026-11-22 08:40:18.123000', 123, 0],
    ['2026-11-22T08:40:18.123456', 123, 1],
    ['2026-11-22T08:40:18+00:00', 0, 0],
  ])(
    'reads the time %s to the millisecond and says when digits are dropped',
    async (created_at, ms, notes) => {
      const collected = await read([{ key: 'k', value: '1', ...TIMES, created_at }]);
      expect(collected.records[0]?.createdAt).toBe(Date.UTC(2026, 10, 22, 8, 40, 18) + ms);
      expect(collected.notes).toHaveLength(notes);
    },
  );

  it('reads more rows than one page, in the order of their ids', async () => {
    const keys = Array.from({ length: 250 }, (_, index) => `key ${index}`);
    const { records } = await read(keys.map((key) => ({ key, value: '1', ...TIMES })));
    expect(records.map((record) => record.key)).toEqual(keys);
    expect(await countTrinitasV4(path)).toBe(250);
  });

  it('writes nothing into the directory and leaves the file as it is', async () => {
    makeV4File(path, [{ key: 'k', value: '1', ...TIMES }]);
    const before = readFileSync(path);
    const during = new Set<string>();
    for await (const _row of readTrinitasV4(path))
      for (const name of readdirSync(directory)) during.add(name);
    expect([...during]).toEqual(['old.db']);
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe('a file that is no v4 file', () => {
  it.each<[string, () => void, string]>([
    ['does not exist', () => undefined, 'cannot be read'],
    ['is no SQLite file', () => writeFileSync(path, 'a'.repeat(5000)), 'is not an SQLite database'],
    ['is empty', () => writeFileSync(path, ''), 'is not an SQLite database'],
    ['has no memory_store', () => sql('CREATE TABLE other (id)'), 'has no table memory_store'],
    [
      'lacks columns',
      () => sql('CREATE TABLE memory_store (id INTEGER PRIMARY KEY, key, value)'),
      'lacks the columns metadata, section',
    ],
    [
      'is in WAL mode',
      () => sql('PRAGMA journal_mode=WAL; CREATE TABLE memory_store (id)'),
      'is in WAL mode',
    ],
  ])('is refused when it %s', async (_name, prepare, message) => {
    prepare();
    await expect(collect(readTrinitasV4(path))).rejects.toMatchObject({
      code: 'VALIDATION',
      message: expect.stringContaining(message),
    });
  });

  function sql(text: string): void {
    const database = new Database(path);
    database.exec(text);
    database.close();
  }
});
