import type { Backend } from '../../src/engine/backends/backend.ts';
import type { ReadMap } from '../../src/engine/backends/read-map.ts';
import { toJsonText } from '../../src/engine/json-text.ts';
import type { MemoryRecord, Target } from '../../src/engine/model/memory-record.ts';
import type { WriteUnit } from '../../src/engine/model/unit-of-work.ts';
import type { MemoryOutcome, UnitOutcome } from '../../src/engine/model/unit-outcome.ts';
import type { StoreFields, WriteOperation } from '../../src/engine/model/write-operation.ts';
import { uuidV7 } from '../../src/engine/uuid-v7.ts';
import { recallArguments } from './recall-arguments.ts';

export type StoreOperation = Extract<WriteOperation, { kind: 'store' }>;
type UnitOptions = Partial<Omit<WriteUnit, 'namespace' | 'operations'>>;

const MINUTE = 60_000;

/** A store of a JSON value with the defaults of an ordinary memory. */
export function storing(
  key: string,
  value: unknown = null,
  fields: Partial<Omit<StoreOperation, 'kind' | 'key'>> = {},
): StoreOperation {
  const defaults: StoreFields = {
    key,
    valueText: toJsonText(value, []),
    metadataText: '{}',
    tags: [],
    section: 'semantic_memory',
    persona: null,
    importance: 0.5,
    expiresAt: null,
  };
  return { kind: 'store', ...defaults, ...fields };
}

/** A unit of work, ready for a backend. */
export function unitOf(
  namespace: string,
  operations: readonly WriteOperation[],
  options: UnitOptions = {},
): WriteUnit {
  const now = Date.now();
  return { txid: uuidV7(now), namespace, operations, deadline: now + MINUTE, now, ...options };
}

/** One namespace of a backend, with the calls that tests make most. */
export class MemorySpace {
  readonly backend: Backend;
  readonly namespace: string;

  constructor(backend: Backend, namespace: string) {
    this.backend = backend;
    this.namespace = namespace;
  }

  write(operations: readonly WriteOperation[], options: UnitOptions = {}): Promise<UnitOutcome> {
    return this.backend.write(unitOf(this.namespace, operations, options), 100);
  }

  /** A unit of one operation that changes a memory. */
  async apply(operation: WriteOperation, options: UnitOptions = {}): Promise<MemoryOutcome> {
    const [outcome] = (await this.write([operation], options)).outcomes;
    if (outcome === undefined || outcome.record === null)
      throw new Error('the operation had no outcome');
    return outcome;
  }

  async store(
    key: string,
    value: unknown = null,
    fields: Partial<Omit<StoreOperation, 'kind' | 'key'>> = {},
  ): Promise<MemoryRecord> {
    return (await this.apply(storing(key, value, fields))).record;
  }

  getMany(
    targets: readonly Target[],
    now: number = Date.now(),
  ): Promise<readonly (MemoryRecord | null)[]> {
    return this.backend.read('getMany', { namespace: this.namespace, targets, now });
  }

  async get(key: string, now: number = Date.now()): Promise<MemoryRecord | null> {
    return (await this.getMany([{ key }], now))[0] ?? null;
  }

  /** The JSON text of a value; fails when there is no such memory. */
  async valueText(key: string): Promise<string> {
    const record = await this.get(key);
    if (record === null) throw new Error(`there is no memory ${key}`);
    return record.valueText;
  }

  list(args: Partial<ReadMap['list']['args']> = {}): Promise<ReadMap['list']['result']> {
    return this.backend.read('list', {
      namespace: this.namespace,
      filter: null,
      order: [],
      limit: 100,
      after: null,
      before: null,
      fromEnd: false,
      withTotal: false,
      now: Date.now(),
      ...args,
    });
  }

  /** The keys of the hits, best first. */
  async recall(
    text: string,
    args: Partial<ReadMap['recall']['args']> = {},
  ): Promise<readonly string[]> {
    const { hits } = await this.backend.read('recall', recallArguments(this.namespace, text, args));
    return hits.map((hit) => hit.record.key);
  }

  changes(args: Partial<ReadMap['changes']['args']> = {}): Promise<ReadMap['changes']['result']> {
    return this.backend.read('changes', {
      namespace: this.namespace,
      afterSeq: 0,
      limit: 500,
      filter: null,
      ...args,
    });
  }
}
