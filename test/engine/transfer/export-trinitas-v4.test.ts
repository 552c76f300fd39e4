import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exportTrinitasV4 } from '../../../src/engine/transfer/export-trinitas-v4.ts';
import { importRecords } from '../../../src/engine/transfer/import-records.ts';
import { toPythonJson } from '../../../src/engine/transfer/python-json.ts';
import { readTrinitasV4 } from '../../../src/engine/transfer/trinitas-v4.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';
import { shareTestEngine } from '../../support/open-test-engine.ts';
import { readRawV4, readV4Schema } from '../../support/v4-rows.ts';
import { makeV4File, type V4TestRow } from './make-v4-file.ts';

/** A file that the original program wrote; read where it lies, when it is there. */
const ORIGINAL = fileURLToPath(new URL('../../../../shared/data/trinitas-v4.db', import.meta.url));

/** Rows as v4 wrote them: value and metadata by Python's json.dumps. */
const ROWS: readonly V4TestRow[] = [
  ['plain', '"text"'],
  ['null', 'null'],
  ['empty', '""'],
  ['鍵 🗝', String.raw`"\u5024 \ud83e\udd8a caf\u00e9"`],
  ['emoji 🦊🚀', '{"a": [1, {"b": null}], "c": {}, "d": []}'],
  ['big integer', '9007199254740993'],
  ['huge integer', '123456789012345678901234567890'],
  ['floats', '[0.1, 1.0, 1e-05, 1.5e+300, -0.0]'],
  [`quotes '"`, String.raw`"it's \"quoted\", with: colons, and \\ more"`],
  ['100% _like_', '"100% _like_"'],
  ['controls', String.raw`"\u0001 \b \f \n \r \t \u007f \u2028"`],
  ['lone surrogate', String.raw`"\ud800"`],
  ['list', '[true, false, null]'],
  ['nested text', String.raw`"{\"looks\": \"like, json\"}"`],
].map(([key, value], index) => ({
  key,
  value,
  metadata: `{"persona": "athena", "importance": 0.${index + 1}, "tags": ["t${index}", "\\u8a9e"], "n": 9007199254740993}`,
  section: index % 2 === 0 ? 'semantic_memory' : 'working_memory',
  persona: index % 3 === 0 ? null : "o'brien",
  importance: index / 20,
  created_at: `2026-11-22 08:40:${String(10 + index)}`,
  accessed_at: index % 2 === 0 ? '2026-11-23 00:00:00' : '2026-11-23 00:00:00.125',
  access_count: index,
}));

const shared = shareTestEngine();

/** v4 file → our store → v4 file. */
async function roundTrip(original: string) {
  const memories = shared.memories();
  const counts = await importRecords(readTrinitasV4(original), memories, { inOrder: true });
  const copy = join(dirname(await makeTestPath()), 'back.db');
  const notes: string[] = [];
  const written = await exportTrinitasV4(memories, copy, {
    onNote: (key, note) => notes.push(`${key}: ${note}`),
  });
  return { counts, copy, notes, written };
}

describe('a v4 file that was imported', () => {
  it('goes back equal, row by row and column by column', async () => {
    const original = await makeTestPath();
    makeV4File(original, ROWS);
    const { counts, copy, notes, written } = await roundTrip(original);
    expect(counts).toMatchObject({ imported: ROWS.length, failed: 0 });
    expect(written).toBe(ROWS.length);
    expect(notes).toEqual([]);
    expect(readRawV4(copy)).toEqual(readRawV4(original));
    expect(readV4Schema(copy)).toEqual(readV4Schema(original));
  });

  it('goes back equal in more rows than one page, in their order', async () => {
    const original = await makeTestPath();
    const rows = Array.from({ length: 350 }, (_, index) => ({
      key: `key ${(index * 7919) % 350}`,
      value: String(index),
      metadata: '{}',
      section: 'cache',
    }));
    makeV4File(original, rows);
    const { copy } = await roundTrip(original);
    expect(readRawV4(copy)).toEqual(readRawV4(original));
  });

  it('goes back equal when v4 itself wrote it', async () => {
    if (!existsSync(ORIGINAL)) {
      console.info('the file of the original Trinitas v4 is not here; nothing was compared');
      return;
    }
    const { copy, notes } = await roundTrip(ORIGINAL);
    expect(readRawV4(copy).length).toBeGreaterThan(700);
    expect(readRawV4(copy)).toEqual(readRawV4(ORIGINAL));
    expect(readV4Schema(copy)).toEqual(readV4Schema(ORIGINAL));
    expect(notes).toEqual([]);
  });

  it('fills what v4 left out with what it is taken for', async () => {
    const original = await makeTestPath();
    const created_at = '2026-11-22 08:40:10';
    makeV4File(original, [
      { key: 'fact_a', value: '1', metadata: null, created_at, accessed_at: null },
    ]);
    const { copy } = await roundTrip(original);
    expect(readRawV4(copy)).toMatchObject([
      { metadata: '{}', section: 'semantic_memory', importance: 0.5, accessed_at: created_at },
    ]);
  });
});

describe('an export to v4', () => {
  it('tells what v4 has no place for, and puts tags where v4 keeps them', async () => {
    const memories = shared.memories();
    const metadata = { n: 1, tags: 'no list' };
    await memories.store({ key: 'tagged', value: 1, metadata, tags: ['a', 'b'] });
    await memories.store({ key: 'passing', value: 2, ttlSeconds: 600 });
    await memories.link({ from: { key: 'tagged' }, to: { key: 'passing' }, kind: 'relates' });
    const copy = await makeTestPath();
    const notes: string[] = [];
    const options = { onNote: (key: string, note: string) => notes.push(`${key}: ${note}`) };
    expect(await exportTrinitasV4(memories, copy, options)).toBe(2);
    expect(notes.toSorted()).toEqual([
      expect.stringMatching(/^passing: v4 knows no expiry/),
      expect.stringMatching(/^passing: v4 knows no links/),
      expect.stringMatching(/^tagged: tags were written into metadata.tags/),
    ]);
    expect(readRawV4(copy)).toMatchObject([
      { key: 'tagged', metadata: '{"n": 1, "tags": ["a", "b"]}', access_count: 0n },
      { key: 'passing', metadata: '{}' },
    ]);
  });

  it('selects, and writes nothing when it is ended early', async () => {
    const memories = shared.memories();
    await memories.store({ key: 'fact_a', value: 1 });
    await memories.store({ key: 'cache_b', value: 2 });
    const some = await makeTestPath();
    await exportTrinitasV4(memories, some, { section: 'cache' });
    expect(readRawV4(some)).toMatchObject([{ key: 'cache_b' }]);
    const none = await makeTestPath();
    await exportTrinitasV4(memories, none, { signal: AbortSignal.abort() });
    expect(readRawV4(none)).toEqual([]);
  });
});

describe('JSON as Python writes it', () => {
  it.each([
    ['{"a":[1,2],"b":{"c":null}}', '{"a": [1, 2], "b": {"c": null}}'],
    ['{}', '{}'],
    ['"a,b:c"', '"a,b:c"'],
    [String.raw`"\",:"`, String.raw`"\",:"`],
    [String.raw`"\\"`, String.raw`"\\"`],
    ['"é🦊\u007f"', String.raw`"\u00e9\ud83e\udd8a\u007f"`],
    ['-1.50e-7', '-1.50e-7'],
  ])('%s becomes %s', (text, expected) => {
    expect(toPythonJson(text)).toBe(expected);
  });

  it('takes a megabyte', () => {
    const text = JSON.stringify('a"\\'.repeat(350_000));
    expect(JSON.parse(toPythonJson(text))).toBe(JSON.parse(text));
  });
});
