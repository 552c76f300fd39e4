import { expect, it } from 'vitest';
import { OverloadedError } from '../../src/engine/index.ts';
import { ClientSlots } from '../../src/server/client-slots.ts';

it('counts each client alone and forgets it with its last subscription', () => {
  const slots = new ClientSlots(2);
  const releases = [slots.forClient('a').acquire(), slots.forClient('a').acquire()];
  slots.forClient('b').acquire();
  expect(() => slots.forClient('a').acquire()).toThrow(OverloadedError);
  for (const release of releases) {
    release();
    release();
  }
  expect(slots.openOf('a')).toBe(0);
  expect(slots.openOf('b')).toBe(1);
  slots.forClient('a').acquire();
  expect(slots.openOf('a')).toBe(1);
});
