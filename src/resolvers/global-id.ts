import { type Target, ValidationError } from '../engine/index.ts';

/** Types that `node` and `nodes` can load. */
const NODE_TYPES = ['Memory', 'Persona', 'Job'] as const;
export type NodeType = (typeof NODE_TYPES)[number];

/** Base64 grows its input by a third; the longest id holds a persona's name of 128 bytes. */
const MAX_GLOBAL_ID_LENGTH = 256;

export interface GlobalId {
  readonly typename: NodeType;
  readonly id: string;
}

/** Relay id: opaque to clients, base64 of `Type:id`. */
export function encodeGlobalId(typename: string, id: string | number | bigint): string {
  return Buffer.from(`${typename}:${id}`, 'utf8').toString('base64');
}

/** Throws ValidationError for anything that `encodeGlobalId` did not make. */
export function decodeGlobalId(globalId: string, path: readonly string[] = ['id']): GlobalId {
  if (globalId.length <= MAX_GLOBAL_ID_LENGTH) {
    const text = Buffer.from(globalId, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    const typename = NODE_TYPES.find((name) => name === text.slice(0, colon));
    const id = text.slice(colon + 1);
    if (typename !== undefined && id !== '' && encodeGlobalId(typename, id) === globalId)
      return { typename, id };
  }
  throw new ValidationError([{ path, message: 'is not an id of this server' }], {
    remedy: 'Use an id that an earlier answer contained, unchanged.',
  });
}

/** How the API names a memory: exactly one of both (a @oneOf input). */
export interface MemoryBy {
  readonly id?: string | null | undefined;
  readonly key?: string | null | undefined;
}

export function toTarget(by: MemoryBy, path: readonly string[] = ['by']): Target {
  if (typeof by.key === 'string') return { key: by.key };
  if (typeof by.id === 'string') return { id: memoryRowId(by.id, [...path, 'id']) };
  throw new ValidationError([{ path, message: 'needs exactly one of id and key' }]);
}

/** The engine's number of a memory. */
export function memoryRowId(globalId: string, path: readonly string[]): number {
  const { typename, id } = decodeGlobalId(globalId, path);
  if (typename !== 'Memory')
    throw new ValidationError([{ path, message: `is the id of a ${typename}, not of a Memory` }]);
  return parseRowId(id, path);
}

export function parseRowId(id: string, path: readonly string[] = ['id']): number {
  const number = Number(id);
  if (Number.isSafeInteger(number) && number > 0 && String(number) === id) return number;
  throw new ValidationError([{ path, message: 'is not an id of this server' }]);
}
