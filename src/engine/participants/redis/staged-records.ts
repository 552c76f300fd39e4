import { z } from 'zod';
import type { MemoryName, StagedFence } from '../memory-cache.ts';
import type { KeySpace } from './key-space.ts';
import type { RedisConnection } from './redis-connection.ts';
import { scanKeys } from './scan-keys.ts';

const RecordSchema = z.object({
  prefix: z.string(),
  names: z.array(z.tuple([z.string(), z.string()])),
});

/** A staged transaction and where its fences lie. */
export interface StagedRecord extends StagedFence {
  readonly recordKey: string;
  readonly prefix: string;
}

/** What is needed to take the fences of a transaction away, whoever set them. */
export function writeStagedRecord(prefix: string, names: readonly MemoryName[]): string {
  return JSON.stringify({ prefix, names: names.map(({ namespace, key }) => [namespace, key]) });
}

/** All records but those of process `processId`; what is not of our making is left alone. */
export async function readStagedRecords(
  connection: RedisConnection,
  keys: KeySpace,
  processId: string,
): Promise<readonly StagedRecord[]> {
  const records = new Map<string, StagedRecord>();
  for await (const found of scanKeys(connection, keys.pattern(keys.stagedRoot))) {
    const foreign = found.filter((key) => !key.startsWith(keys.staged(processId, '')));
    if (foreign.length === 0) continue;
    const texts = await connection.call((client) => client.mget(...foreign));
    for (const [index, recordKey] of foreign.entries()) {
      const record = readStagedRecord(recordKey, texts[index] ?? null);
      if (record !== null) records.set(recordKey, record);
    }
  }
  return [...records.values()];
}

function readStagedRecord(recordKey: string, text: string | null): StagedRecord | null {
  // Null: its time was up between the two commands.
  if (text === null) return null;
  const { data } = RecordSchema.safeParse(parse(text));
  if (data === undefined) return null;
  return {
    recordKey,
    txid: recordKey.slice(recordKey.lastIndexOf(':') + 1),
    prefix: data.prefix,
    names: data.names.map(([namespace, key]) => ({ namespace, key })),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
