import type { ReadKind, ReadMap } from '../../src/engine/backends/read-map.ts';

/** One read of a store. */
export type Question = {
  readonly [K in ReadKind]: readonly [kind: K, args: ReadMap[K]['args']];
}[ReadKind];

/** When and how often a memory was read has no checksum, by contract it may be lost; scores are compared as far as doubles agree. */
const IGNORED: ReadonlySet<string> = new Set(['accessedAt', 'accessCount', 'damagedVectors']);

/** An answer as text that is the same for equal answers. */
export function textOfAnswer(answer: unknown): string {
  return JSON.stringify(answer, (name, value: unknown) => {
    if (IGNORED.has(name)) return undefined;
    return typeof value === 'number' && !Number.isInteger(value) ? value.toPrecision(9) : value;
  });
}
