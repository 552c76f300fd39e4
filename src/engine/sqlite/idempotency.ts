import { crc32 } from 'node:zlib';
import {
  IdempotencyMismatchError,
  MemoryDataCorruptionError,
  TransactionConflictError,
} from '../errors.ts';
import { IDEMPOTENCY_TTL_MS } from '../limits.ts';
import type { InnerRequest, WriteUnit } from '../model/unit-of-work.ts';
import type { OperationOutcome, UnitOutcome } from '../model/unit-outcome.ts';
import type { StatementCache } from './statement-cache.ts';

const SELECT =
  'SELECT request_hash, csn, outcomes FROM idempotency WHERE namespace = ? AND key = ? AND expires_at > ?';
const UPSERT = `INSERT INTO idempotency (namespace, key, request_hash, csn, created_at, expires_at, outcomes) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (namespace, key) DO UPDATE SET request_hash = excluded.request_hash, csn = excluded.csn,
    created_at = excluded.created_at, expires_at = excluded.expires_at, outcomes = excluded.outcomes`;
const PRUNE = 'DELETE FROM idempotency WHERE expires_at <= ?';

const CRC_DIGITS = 8;

/**
 * The stored answer of an earlier request with the same key, or undefined. Errors: IdempotencyMismatchError for another
 * request under the key; TransactionConflictError when a request inside a transaction was answered by somebody else since.
 */
export function findReplay(statements: StatementCache, unit: WriteUnit): UnitOutcome | undefined {
  for (const { key, requestHash } of unit.innerRequests ?? []) {
    if (findAnswer(statements, unit.namespace, key, requestHash, unit.now) === undefined) continue;
    throw new TransactionConflictError(
      `idempotency key ${JSON.stringify(key)} was answered while the transaction was open`,
      {
        data: { idempotencyKey: key },
        remedy: 'Run the transaction again: the request will be replayed.',
      },
    );
  }
  if (unit.idempotency === undefined) return undefined;
  const { key, requestHash } = unit.idempotency;
  return findAnswer(statements, unit.namespace, key, requestHash, unit.now);
}

/** The stored answer of one key; IdempotencyMismatchError for another request under it. */
export function findAnswer(
  statements: StatementCache,
  namespace: string,
  key: string,
  requestHash: string,
  now: number,
): UnitOutcome | undefined {
  const row = statements.row(SELECT, namespace, key, now);
  if (row === undefined) return undefined;
  if (row[0] !== requestHash) {
    throw new IdempotencyMismatchError(
      `idempotency key ${JSON.stringify(key)} was used before with another request`,
      {
        data: { idempotencyKey: key },
        remedy: 'Send the first request unchanged, or use a new key for a new request.',
      },
    );
  }
  return {
    csn: row[1] as number,
    outcomes: parseOutcomes(key, row[2] as string),
    replayed: true,
  };
}

/** Written in the same commit as the data, so that the answers survive whatever the data survives. */
export function saveAnswers(
  statements: StatementCache,
  unit: WriteUnit,
  outcome: UnitOutcome,
): void {
  const { outcomes } = outcome;
  if (unit.idempotency !== undefined) {
    const { key, requestHash } = unit.idempotency;
    saveAnswer(statements, unit, { key, requestHash, first: 0, count: outcomes.length }, outcome);
  }
  for (const request of unit.innerRequests ?? []) saveAnswer(statements, unit, request, outcome);
}

function saveAnswer(
  statements: StatementCache,
  { namespace, now }: WriteUnit,
  { key, requestHash, first, count }: InnerRequest,
  { csn, outcomes }: UnitOutcome,
): void {
  const own = withChecksum(JSON.stringify(outcomes.slice(first, first + count)));
  statements.run(UPSERT, namespace, key, requestHash, csn, now, now + IDEMPOTENCY_TTL_MS, own);
}

/** Eight hex digits of the CRC-32 of the text, a colon, the text. */
function withChecksum(text: string): string {
  return `${crc32(text).toString(16).padStart(CRC_DIGITS, '0')}:${text}`;
}

/** An answer of before there were checksums begins with its bracket. */
function parseOutcomes(key: string, stored: string): OperationOutcome[] {
  const text = stored.startsWith('[') ? stored : stored.slice(CRC_DIGITS + 1);
  if (text !== stored && withChecksum(text) !== stored) {
    throw new MemoryDataCorruptionError(
      `the stored answer of idempotency key ${JSON.stringify(key)} does not match its checksum`,
      {
        data: { idempotencyKey: key },
        remedy: 'Read the memories to see what was written; repeat the write under a new key.',
      },
    );
  }
  return JSON.parse(text) as OperationOutcome[];
}

export function pruneAnswers(statements: StatementCache, now: number): number {
  return statements.run(PRUNE, now);
}
