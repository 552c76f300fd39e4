import { createHash } from 'node:crypto';
import { VERSION } from '../../version.ts';
import type { MemoryName } from '../memory-cache.ts';

/** The names of everything that a store keeps in Redis; all start with its hash tag. */
export class KeySpace {
  /** `trinitas:{<store id>}` */
  readonly root: string;

  constructor(storeId: string) {
    this.root = `trinitas:{${storeId}}`;
  }

  get probe(): string {
    return `${this.root}:probe`;
  }

  /** Channel of the commits. */
  get commits(): string {
    return `${this.root}:commits`;
  }

  /** A pattern of SCAN for all keys that begin like this, whose special characters stand for themselves. */
  pattern(start: string): string {
    return `${start.replaceAll(/[\\*?[\]]/g, '\\$&')}*`;
  }

  /** What was kept under another epoch, by another server's data or by another version of this program is out of reach. */
  prefix(cacheEpoch: number, history: string): string {
    return `${this.root}:${cacheEpoch}.${history}.${VERSION}`;
  }

  /** Value, fence and lease of each memory, as the scripts want them. */
  triples(prefix: string, names: readonly MemoryName[]): readonly string[] {
    return names.flatMap((name) => {
      const tail = nameOf(name);
      return [`${prefix}:v:${tail}`, `${prefix}:f:${tail}`, `${prefix}:l:${tail}`];
    });
  }

  /** Names of answers may be long; their digest is not. */
  answer(prefix: string, name: string): string {
    return `${prefix}:a:${createHash('sha256').update(name).digest('base64url')}`;
  }

  /** Start of all records of prepared transactions. */
  get stagedRoot(): string {
    return `${this.root}:st:`;
  }

  staged(processId: string, txid: string): string {
    return `${this.stagedRoot}${processId}:${txid}`;
  }
}

/** Neither part holds a NUL, so no two memories share a name. */
export function nameOf({ namespace, key }: MemoryName): string {
  return `${namespace}\0${key}`;
}
