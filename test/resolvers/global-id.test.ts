import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../src/engine/index.ts';
import {
  decodeGlobalId,
  encodeGlobalId,
  parseRowId,
  toTarget,
} from '../../src/resolvers/global-id.ts';

const seed = Number(process.env['SEED'] ?? Date.now());

describe('global ids', () => {
  it('survive the round trip for every name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }), (name) => {
        const text = name.toWellFormed?.() ?? name;
        expect(decodeGlobalId(encodeGlobalId('Persona', text))).toEqual({
          typename: 'Persona',
          id: text,
        });
      }),
      { seed },
    );
  });

  it('are refused when this server did not make them', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (text) => {
        try {
          const { typename, id } = decodeGlobalId(text);
          expect(encodeGlobalId(typename, id)).toBe(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ValidationError);
        }
      }),
      { seed },
    );
  });

  it('of memories hold a positive whole number', () => {
    expect(parseRowId('7')).toBe(7);
    for (const id of ['0', '-1', '1.5', '01', '1e3', ' 1', '9007199254740993', 'NaN', '']) {
      expect(() => parseRowId(id), id).toThrow(ValidationError);
    }
  });

  it('name a target by exactly one of id and key, and say where they are wrong', () => {
    expect(toTarget({ key: 'k' })).toEqual({ key: 'k' });
    expect(toTarget({ id: encodeGlobalId('Memory', 3) })).toEqual({ id: 3 });
    expect(() => toTarget({})).toThrow(/by: needs exactly one/);
    expect(() => toTarget({ id: encodeGlobalId('Persona', 'a') })).toThrow(
      /by\.id: is the id of a Persona/,
    );
  });
});
