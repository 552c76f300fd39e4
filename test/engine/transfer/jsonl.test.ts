import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SECTIONS } from '../../../src/engine/model/section.ts';
import {
  countJsonl,
  parseJsonLine,
  readJsonl,
  toJsonLine,
  toJsonLinkLine,
} from '../../../src/engine/transfer/jsonl.ts';
import { MAX_LINE_BYTES } from '../../../src/engine/transfer/read-lines.ts';
import type { TransferRecord } from '../../../src/engine/transfer/transfer-row.ts';
import { collect } from './collect.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());

const RECORD: TransferRecord = {
  key: 'k',
  valueText: '{"big":9007199254740993,"decimal":1.10}',
  metadataText: '{"n":12345678901234567890}',
  tags: ['a', 'b'],
  section: 'semantic_memory',
  persona: 'athena',
  importance: 0.25,
  createdAt: 1,
  updatedAt: 2,
  accessedAt: 3,
  accessCount: 4,
  expiresAt: null,
};
const LINE = toJsonLine(RECORD);

const changed = (fields: Record<string, unknown>): string => {
  const line = JSON.parse(toJsonLine({ ...RECORD, valueText: '1', metadataText: '{}' })) as Record<
    string,
    unknown
  >;
  return JSON.stringify({ ...line, ...fields });
};

describe('a line', () => {
  it('has one fixed form', () => {
    expect(LINE).toBe(
      '{"v":1,"key":"k","section":"semantic_memory","persona":"athena","importance":0.25,"tags":["a","b"],' +
        '"createdAt":"1970-01-01T00:00:00.001Z","updatedAt":"1970-01-01T00:00:00.002Z",' +
        '"accessedAt":"1970-01-01T00:00:00.003Z","accessCount":4,"expiresAt":null,' +
        '"metadata":{"n":12345678901234567890},"value":{"big":9007199254740993,"decimal":1.10}}\n',
    );
  });

  it('comes back as it was, whatever it holds', () => {
    const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
    const record = fc.record({
      key: fc.string({ unit: 'grapheme', minLength: 1 }),
      valueText: fc.oneof(fc.json(), fc.bigInt().map(String)),
      metadataText: fc
        .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())
        .map((value) => JSON.stringify(value)),
      tags: fc.array(fc.string({ unit: 'grapheme' })),
      section: fc.constantFrom(null, ...SECTIONS),
      persona: fc.option(fc.string({ unit: 'grapheme' })),
      importance: fc.option(fc.double({ min: 0, max: 1, noNaN: true }).map((number) => number + 0)),
      createdAt: time,
      updatedAt: time,
      accessedAt: time,
      accessCount: fc.nat(),
      expiresAt: fc.option(time),
    });
    fc.assert(
      fc.property(record, (original) => {
        const line = toJsonLine(original);
        const row = parseJsonLine(line, 'line 1');
        if (!('record' in row)) throw new Error(JSON.stringify(row));
        expect(toJsonLine(row.record)).toBe(line);
      }),
      { seed: SEED },
    );
  });

  it('gives a link a line of its own and reads it back', () => {
    const link = {
      from: 'a',
      to: 'b',
      kind: 'derived_from',
      createdAt: 1_700_000_000_001,
    } as const;
    const line = toJsonLinkLine(link);
    expect(line).toBe(
      '{"v":1,"link":"derived_from","from":"a","to":"b","createdAt":"2023-11-14T22:13:20.001Z"}\n',
    );
    expect(parseJsonLine(line, 'line 1')).toEqual({ link });
  });

  it.each([
    ['kind', '{"v":1,"link":"likes","from":"a","to":"b","createdAt":"2023-11-14T22:13:20.001Z"}'],
    [
      'field',
      '{"v":1,"link":"relates","from":"a","to":"b","createdAt":"2023-11-14T22:13:20.001Z","x":1}',
    ],
    ['end', '{"v":1,"link":"relates","from":"a","createdAt":"2023-11-14T22:13:20.001Z"}'],
    ['time', '{"v":1,"link":"relates","from":"a","to":"b","createdAt":"yesterday"}'],
  ])('a link with a wrong %s is a failure', (_, line) => {
    expect(parseJsonLine(line, 'line 7')).toMatchObject({ failure: { key: 'line 7' } });
  });

  it.each<[string, string, string, string]>([
    ['is no JSON', '{"key"', 'line 7', 'is not valid JSON'],
    ['is no object', '[1]', 'line 7', 'must be a JSON object'],
    ['has no fields', '{}', 'line 7', 'v: must be 1'],
    ['has another version', changed({ v: 2 }), 'k', 'v: must be 1'],
    ['has an unknown field', changed({ colour: 'red' }), 'k', 'colour: is not a field'],
    ['has no value', changed({ value: undefined }), 'k', 'value: must be present'],
    ['has a number as key', changed({ key: 1 }), 'line 7', 'key: must be a string'],
    ['has an unknown section', changed({ section: 'dreams' }), 'k', 'section: must be a section'],
    ['has metadata that are a list', changed({ metadata: [] }), 'k', 'metadata: must be an object'],
    [
      'has metadata that are a number',
      changed({ metadata: 1 }),
      'k',
      'metadata: must be an object',
    ],
    ['has tags of numbers', changed({ tags: [1] }), 'k', 'tags: must be a list of strings'],
    [
      'has a time without milliseconds',
      changed({ createdAt: '2026-01-01T00:00:00Z' }),
      'k',
      'createdAt: must be',
    ],
    [
      'has a day that does not exist',
      changed({ updatedAt: '2026-02-30T00:00:00.000Z' }),
      'k',
      'updatedAt: must be',
    ],
    ['has a time as number', changed({ accessedAt: 5 }), 'k', 'accessedAt: must be'],
    [
      'has a fractional count',
      changed({ accessCount: 1.5 }),
      'k',
      'accessCount: must be a whole number',
    ],
    ['has an expiry that is text', changed({ expiresAt: 'soon' }), 'k', 'expiresAt: must be'],
    ['has a field twice', `${LINE.trim().slice(0, -1)},"value":2}`, 'line 7', 'Duplicate key'],
  ])('that %s is a failure', (_name, line, key, reason) => {
    const row = parseJsonLine(line, 'line 7');
    expect(row).toMatchObject({ failure: { key, reason: expect.stringContaining(reason) } });
  });
});

describe('a JSONL file', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'jsonl-'));
    path = join(directory, 'memories.jsonl');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('may end its lines with CRLF, hold blank lines and lack the last line end', async () => {
    writeFileSync(path, `${LINE.trim()}\r\n\n  \n${LINE.trim()}`);
    const { records, failures } = await collect(readJsonl(path));
    expect(failures).toEqual([]);
    expect(records).toEqual([RECORD, RECORD]);
    expect(await countJsonl(path)).toBe(2);
  });

  it('is split at line feeds only, wherever the chunks of the file end', async () => {
    const long = { ...RECORD, valueText: JSON.stringify('\u2028é🦊'.repeat(50_000)) };
    writeFileSync(path, toJsonLine(long).repeat(3));
    const { records } = await collect(readJsonl(path));
    expect(records).toEqual([long, long, long]);
  });

  it('reports a line that is not UTF-8 or too long by its number', async () => {
    const line = Buffer.from(LINE);
    const tooLong = Buffer.alloc(MAX_LINE_BYTES + 1, 'x');
    writeFileSync(
      path,
      Buffer.concat([line, Buffer.from([0xff, 0x0a]), tooLong, Buffer.from('\n'), line]),
    );
    const { records, failures } = await collect(readJsonl(path));
    expect(records).toHaveLength(2);
    expect(failures).toEqual([
      { key: 'line 2', reason: 'is not valid UTF-8' },
      { key: 'line 3', reason: `is longer than ${MAX_LINE_BYTES} bytes` },
    ]);
  });
});
