import { LRUCache } from 'lru-cache';
import type { WriteUnit } from '../../model/unit-of-work.ts';
import type { WriteOperation } from '../../model/write-operation.ts';
import type { Backend } from '../backend.ts';

/** Ids whose keys are remembered; a key of 512 bytes and its id take about 1 KB. */
const MAX_KNOWN_IDS = 10_000;

/** Names the memories that a unit may change. A memory keeps its key for life and ids are never reused, so what is known stays true. */
export class UnitNames {
  readonly #store: Backend;
  readonly #keys = new LRUCache<string, string>({ max: MAX_KNOWN_IDS });

  constructor(store: Backend) {
    this.#store = store;
  }

  learn(namespace: string, id: number, key: string): void {
    this.#keys.set(`${namespace}\0${id}`, key);
  }

  /** Each key once. A memory that does not exist has none: whoever creates it names it. */
  async keysOf({ namespace, operations, deadline, now }: WriteUnit): Promise<readonly string[]> {
    const keys = new Set<string>();
    const unknown = new Set<number>();
    for (const operation of operations) {
      const target = changedBy(operation);
      if (target === null) continue;
      if ('key' in target) keys.add(target.key);
      else {
        const key = this.#keys.get(`${namespace}\0${target.id}`);
        if (key === undefined) unknown.add(target.id);
        else keys.add(key);
      }
    }
    if (unknown.size > 0) {
      const targets = Array.from(unknown, (id) => ({ id }));
      const records = await this.#store.read('getMany', { namespace, targets, now }, { deadline });
      for (const record of records) {
        if (record === null) continue;
        this.learn(namespace, record.id, record.key);
        keys.add(record.key);
      }
    }
    return [...keys];
  }
}

function changedBy(
  operation: WriteOperation,
): { readonly key: string } | { readonly id: number } | null {
  switch (operation.kind) {
    case 'store':
      return { key: operation.key };
    case 'update':
    case 'increment':
    case 'append':
    case 'delete':
      return operation.target;
    default:
      return null;
  }
}
