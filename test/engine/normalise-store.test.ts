import { describe, expect, it } from 'vitest';
import { normaliseStore } from '../../src/engine/normalise-store.ts';
import type { StoreInput } from '../../src/engine/write-operations.ts';
import { issuePaths, operationOf } from '../support/normalised-input.ts';

const NOW = 1_700_000_000_000;

const storePaths = (input: unknown) =>
  issuePaths((issues) => normaliseStore(issues, input as StoreInput, [], NOW));
const storeOf = (input: StoreInput) =>
  operationOf((issues) => normaliseStore(issues, input, [], NOW));

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

describe('store', () => {
  const good = { key: 'k', value: 1 };

  it.each<[string, unknown, string]>([
    ['empty key', { ...good, key: '' }, 'key'],
    ['key of another type', { ...good, key: 7 }, 'key'],
    ['missing key', { value: 1 }, 'key'],
    ['key of 513 bytes', { ...good, key: 'k'.repeat(513) }, 'key'],
    ['key of 171 three-byte characters', { ...good, key: '記'.repeat(171) }, 'key'],
    ['enormous key', { ...good, key: 'k'.repeat(5_000_000) }, 'key'],
    ['NUL in key', { ...good, key: 'a\0b' }, 'key'],
    ['lone surrogate in key', { ...good, key: 'a\ud800b' }, 'key'],
    ['no value', { key: 'k' }, 'value'],
    ['undefined value', { key: 'k', value: undefined }, 'value'],
    ['value and valueText', { ...good, valueText: '1' }, 'value'],
    ['NaN', { ...good, value: Number.NaN }, 'value'],
    ['infinity inside', { ...good, value: { a: [Number.POSITIVE_INFINITY] } }, 'value.a.0'],
    ['integer that was rounded', { ...good, value: 2 ** 60 }, 'value'],
    ['function', { ...good, value: { f: () => 1 } }, 'value.f'],
    ['undefined inside', { ...good, value: { a: undefined } }, 'value.a'],
    ['Date', { ...good, value: new Date() }, 'value'],
    ['depth bomb', { ...good, value: nested(200) }, 'value.0.0'],
    ['value over 1 MB', { ...good, value: 'x'.repeat(1_048_575) }, 'value'],
    ['valueText over 1 MB', { key: 'k', valueText: `"${'x'.repeat(1_048_576)}"` }, 'valueText'],
    ['broken valueText', { key: 'k', valueText: '{"a":' }, 'valueText'],
    ['deep valueText', { key: 'k', valueText: '['.repeat(100_000) }, 'valueText'],
    ['metadata list', { ...good, metadata: [] }, 'metadata'],
    ['metadata text', { ...good, metadata: 'x' }, 'metadata'],
    ['metadata over 64 KB', { ...good, metadata: { a: 'x'.repeat(65_536) } }, 'metadata'],
    ['importance above 1', { ...good, importance: 1.01 }, 'importance'],
    ['importance below 0', { ...good, importance: -0.01 }, 'importance'],
    ['importance NaN', { ...good, importance: Number.NaN }, 'importance'],
    ['importance as text', { ...good, importance: '0.5' }, 'importance'],
    ['unknown section', { ...good, section: 'attic' }, 'section'],
    ['unknown metadata.section', { ...good, metadata: { section: 'attic' } }, 'metadata.section'],
    [
      'importance of metadata',
      { ...good, metadata: { importance: 'high' } },
      'metadata.importance',
    ],
    ['empty persona', { ...good, persona: '' }, 'persona'],
    ['persona of 129 bytes', { ...good, persona: 'p'.repeat(129) }, 'persona'],
    ['tags as text', { ...good, tags: 'a,b' }, 'tags'],
    ['65 tags', { ...good, tags: Array.from({ length: 65 }, (_, index) => `t${index}`) }, 'tags'],
    ['a million tags', { ...good, tags: Array.from({ length: 1_000_000 }, () => 't') }, 'tags'],
    ['tag with lone surrogate', { ...good, tags: ['ok', '\udfff'] }, 'tags.1'],
    ['tag of another type', { ...good, tags: [1] }, 'tags.0'],
    ['ttl 0', { ...good, ttlSeconds: 0 }, 'ttlSeconds'],
    ['negative ttl', { ...good, ttlSeconds: -1 }, 'ttlSeconds'],
    ['infinite ttl', { ...good, ttlSeconds: Number.POSITIVE_INFINITY }, 'ttlSeconds'],
    ['negative ifVersion', { ...good, ifVersion: -1 }, 'ifVersion'],
    ['fractional ifVersion', { ...good, ifVersion: 1.5 }, 'ifVersion'],
  ])('refuses %s', (_name, input, path) => {
    expect(storePaths(input)).toEqual([path]);
  });

  it('names everything that is wrong at once', () => {
    expect(
      storePaths({
        key: '',
        value: Number.NaN,
        importance: 2,
        tags: ['\0'],
        section: 'x',
        ifVersion: -1,
      }),
    ).toEqual(['key', 'value', 'importance', 'tags.0', 'section', 'ifVersion']);
  });

  it('takes keys and values at their bounds', () => {
    expect(storePaths({ key: '記'.repeat(170), value: 'x'.repeat(1_048_574) })).toEqual([]);
  });

  it('normalises keys, personas and tags to NFC and drops repeated tags', () => {
    const decomposed = 'cafe\u0301';
    expect(
      storeOf({
        key: decomposed,
        value: null,
        persona: decomposed,
        tags: ['b', decomposed, 'café', 'b'],
      }),
    ).toMatchObject({
      key: 'café',
      valueText: 'null',
      persona: 'café',
      tags: ['b', 'café'],
      importance: 0.5,
      section: 'working_memory',
      expiresAt: null,
    });
  });

  it('keeps every digit of valueText', () => {
    expect(
      storeOf({ key: 'k', valueText: ' { "n" : 123456789012345678901234567890 } ' }),
    ).toMatchObject({
      valueText: '{"n":123456789012345678901234567890}',
    });
  });

  it("takes v4's fields from the metadata, which stays as given, unless they are given explicitly", () => {
    const metadata = {
      section: 'cache',
      persona: 'athena',
      importance: 0.9,
      tags: ['x'],
      other: [1],
    };
    const metadataText = JSON.stringify(metadata);
    expect(storeOf({ key: 'k', value: 1, metadata })).toMatchObject({
      section: 'cache',
      persona: 'athena',
      importance: 0.9,
      tags: ['x'],
      metadataText,
    });
    expect(
      storeOf({
        key: 'k',
        value: 1,
        metadata,
        section: 'learning_data',
        persona: null,
        importance: 0.1,
        tags: [],
      }),
    ).toMatchObject({
      section: 'learning_data',
      persona: null,
      importance: 0.1,
      tags: [],
      metadataText,
    });
  });

  it('turns ttlSeconds into a moment', () => {
    expect(storeOf({ key: 'k', value: 1, ttlSeconds: 1.5 })).toMatchObject({
      expiresAt: NOW + 1500,
    });
    expect(storeOf({ key: 'k', value: 1, ttlSeconds: 0.0001 })).toMatchObject({
      expiresAt: NOW + 1,
    });
  });
});
