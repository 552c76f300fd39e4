import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffJson, type JsonChange, jsonPathText } from '../../../src/engine/json-diff.ts';
import type { JsonValue } from '../../../src/engine/model/json-value.ts';
import { parseJsonPath } from '../../../src/engine/search/json-path.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const NAMES = ['a', 'b', '', 'odd key', 'x.y', '0', '$', '東', '__proto__', 'constructor', 'q"\\'];
const leaf = fc.constantFrom<JsonValue>(
  null,
  true,
  false,
  0,
  1,
  1.5,
  '',
  'a',
  9_007_199_254_740_993n,
  9_007_199_254_740_994n,
  -(2n ** 70n),
);
const json = fc.letrec<{ any: JsonValue }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.array(tie('any'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.constantFrom(...NAMES), tie('any')), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).any;

/** Applies changes one by one, in their order. */
function apply(from: JsonValue, changes: readonly JsonChange[]): unknown {
  let document: unknown = structuredClone(from);
  for (const { segments, kind, after } of changes) {
    const last = segments.at(-1);
    if (last === undefined) {
      document = after;
      continue;
    }
    const parent = segments.slice(0, -1).reduce<unknown>((node, segment) => {
      if (!Object.hasOwn(Object(node), segment)) throw new Error(`nothing at ${String(segment)}`);
      return Reflect.get(Object(node), segment);
    }, document);
    if (Array.isArray(parent)) changeList(parent, Number(last), kind, after);
    else changeObject(Object(parent), String(last), kind, after);
  }
  return document;
}

function changeList(list: unknown[], at: number, kind: JsonChange['kind'], after: unknown): void {
  expect(at).toBe(kind === 'added' ? list.length : Math.min(at, list.length - 1));
  if (kind === 'removed') expect(list.splice(at)).toHaveLength(1);
  else list[at] = after;
}

function changeObject(node: object, name: string, kind: JsonChange['kind'], after: unknown): void {
  expect(Object.hasOwn(node, name)).toBe(kind !== 'added');
  if (kind === 'removed') Reflect.deleteProperty(node, name);
  else
    Object.defineProperty(node, name, {
      value: after,
      configurable: true,
      enumerable: true,
      writable: true,
    });
}

describe('diffJson', () => {
  it(`turns one document into the other (seed ${SEED})`, () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        const changes = diffJson(from, to);
        expect(apply(from, changes)).toEqual(to);
        for (const { before, after, kind } of changes) {
          expect(kind === 'added').toBe(before === undefined);
          expect(kind === 'removed').toBe(after === undefined);
        }
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it(`finds nothing between equal documents and nothing outside of what differs (seed ${SEED})`, () => {
    fc.assert(
      fc.property(json, json, json, (same, from, to) => {
        expect(diffJson(same, structuredClone(same))).toEqual([]);
        const paths = diffJson({ same, it: from }, { same, it: to }).map(
          ({ segments }) => segments[0],
        );
        expect(new Set(paths).has('same')).toBe(false);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('names each change by its path, integers to the last digit', () => {
    const from = { a: [1, { b: 9_007_199_254_740_993n }, 3, 4], gone: 'x', keep: null };
    const to = { a: [1, { b: 9_007_199_254_740_992n }], keep: null, 'new key': [] };
    expect(diffJson(from, to)).toEqual([
      { path: 'gone', segments: ['gone'], kind: 'removed', before: 'x' },
      {
        path: 'a[1].b',
        segments: ['a', 1, 'b'],
        kind: 'changed',
        before: 9_007_199_254_740_993n,
        after: 9_007_199_254_740_992n,
      },
      { path: 'a[3]', segments: ['a', 3], kind: 'removed', before: 4 },
      { path: 'a[2]', segments: ['a', 2], kind: 'removed', before: 3 },
      { path: '"new key"', segments: ['new key'], kind: 'added', after: [] },
    ]);
    expect(diffJson([], {})).toEqual([
      { path: '', segments: [], kind: 'changed', before: [], after: {} },
    ]);
  });

  it('writes paths that filters and increment read back', () => {
    for (const segments of [['a', 0, 'b c'], [2, 'x.y'], ['$'], ['東', ''], [''], ['a[0]']])
      expect(parseJsonPath(jsonPathText(segments))).toEqual(segments);
    expect(jsonPathText(['q"\\'])).toBe(String.raw`"q\"\\"`);
  });
});
