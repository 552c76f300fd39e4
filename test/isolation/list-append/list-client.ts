import type { IsolationLevel } from '../../../src/engine/index.ts';

/** A store of lists of numbers under keys, with transactions: what the generator needs and nothing else. */
export interface ListClient {
  begin(level: IsolationLevel): Promise<ListSession>;
  /** The committed lists; a key without a memory is left out. */
  lists(keys: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
}

/** Rejections with a code of REFUSALS end the transaction; any other error fails the run. */
export interface ListSession {
  get(key: string): Promise<readonly number[]>;
  /** One query over all the keys; a key without a memory is left out. */
  query(keys: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>>;
  /** Appends on the server; false when there is no such memory. */
  append(key: string, element: number): Promise<boolean>;
  store(key: string, list: readonly number[]): Promise<void>;
  savepoint(name: string): Promise<void>;
  rollbackTo(name: string): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

export const REFUSALS: ReadonlySet<string> = new Set([
  'CONFLICT',
  'SNAPSHOT_TOO_OLD',
  'OVERLOADED',
]);

/** A stored value as a list of numbers. */
export function toList(value: unknown): readonly number[] {
  if (Array.isArray(value)) return value.map(Number);
  throw new Error(`not a list: ${JSON.stringify(value)}`);
}
