import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeChangeCursor, encodeChangeCursor } from '../../src/engine/change-cursor.ts';
import { ValidationError } from '../../src/engine/errors.ts';

describe('change cursor', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.maxSafeNat(), (epoch, seq) => {
        expect(decodeChangeCursor(encodeChangeCursor({ epoch, seq }), ['after'])).toEqual({
          epoch,
          seq,
        });
      }),
      { seed: Number(process.env['SEED'] ?? Date.now()) },
    );
  });

  const text = (plain: string): string => Buffer.from(plain).toString('base64url');

  it.each<[string, unknown]>([
    ['empty text', ''],
    ['a number', 7],
    ['an object', {}],
    ['no base64', '%%%'],
    ['no sequence', text('epoch')],
    ['negative sequence', text('epoch:-1')],
    ['fraction', text('epoch:1.5')],
    ['leading zero', text('epoch:01')],
    ['beyond 2^53', text('epoch:9999999999999999')],
    ['no epoch', text(':1')],
    ['three parts', text('a:b:1')],
    ['padding', `${text('epoch:1')}==`],
    ['enormous text', 'A'.repeat(10_000_000)],
  ])('refuses %s', (_name, cursor) => {
    expect(() => decodeChangeCursor(cursor, ['after'])).toThrow(ValidationError);
  });
});
