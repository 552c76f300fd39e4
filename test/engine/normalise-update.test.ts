import { describe, expect, it } from 'vitest';
import { normaliseUpdate } from '../../src/engine/normalise-update.ts';
import type { UpdateInput } from '../../src/engine/write-operations.ts';
import { issuePaths, operationOf } from '../support/normalised-input.ts';

const NOW = 1_700_000_000_000;

const updatePaths = (input: unknown) =>
  issuePaths((issues) => normaliseUpdate(issues, input as UpdateInput, [], NOW));
const updateOf = (input: UpdateInput) =>
  operationOf((issues) => normaliseUpdate(issues, input, [], NOW));

describe('update', () => {
  const by = { key: 'k' };

  it.each<[string, unknown, string]>([
    ['nothing to change', { by }, ''],
    ['value and valuePatch', { by, value: 1, valuePatch: {} }, ''],
    ['value and valueText', { by, value: 1, valueText: '1' }, ''],
    ['no target', { value: 1 }, 'by'],
    ['key and id', { by: { key: 'k', id: 1 }, value: 1 }, 'by'],
    ['id 0', { by: { id: 0 }, value: 1 }, 'by.id'],
    ['metadataPatch list', { by, metadataPatch: [] }, 'metadataPatch'],
    ['importance', { by, importance: 7 }, 'importance'],
    ['ttl', { by, ttlSeconds: -5 }, 'ttlSeconds'],
    ['section', { by, section: 'attic' }, 'section'],
  ])('refuses %s', (_name, input, path) => {
    expect(updatePaths(input)).toContain(path);
  });

  it('changes only what is given', () => {
    expect(updateOf({ by: { id: 3 }, importance: 1 })).toEqual({
      kind: 'update',
      target: { id: 3 },
      importance: 1,
    });
  });

  it('tells null from absent', () => {
    expect(updateOf({ by, persona: null, ttlSeconds: null, value: null })).toMatchObject({
      persona: null,
      expiresAt: null,
      valueText: 'null',
    });
  });

  it('passes merge patches on as JSON', () => {
    expect(updateOf({ by, valuePatch: { a: null }, metadataPatch: { b: 1 } })).toMatchObject({
      valuePatchText: '{"a":null}',
      metadataPatchText: '{"b":1}',
    });
  });
});
