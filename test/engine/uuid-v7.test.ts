import { describe, expect, it } from 'vitest';
import { uuidV7 } from '../../src/engine/uuid-v7.ts';

describe('UUID version 7', () => {
  it('carries the time in its first 48 bits, and version and variant where RFC 9562 puts them', () => {
    const now = 1_763_800_818_123;
    const uuid = uuidV7(now);
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16)).toBe(now);
  });

  it('sorts by time and does not repeat', () => {
    expect(uuidV7(1) < uuidV7(2)).toBe(true);
    expect(uuidV7(0xffff) < uuidV7(0x1_0000)).toBe(true);
    expect(new Set(Array.from({ length: 10_000 }, () => uuidV7(5))).size).toBe(10_000);
  });
});
