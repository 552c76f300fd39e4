import type { Scope } from './engine-parts.ts';
import { ValidationError } from './errors.ts';
import { describe } from './field-rules.ts';
import { itemIdempotencyKey, itemRequestHash, requestHash } from './idempotency.ts';
import type { ImportItem, ImportOutcome } from './import-operations.ts';
import { inChunks } from './in-chunks.ts';
import { IssueCollector } from './issue-collector.ts';
import { readJsonText } from './json-input.ts';
import { MAX_METADATA_BYTES, MAX_UNIT_OPERATIONS } from './limits.ts';
import { outcomeAt, toWriteResult } from './namespace-writes.ts';
import { normaliseStore } from './normalise-store.ts';
import type { NormalisedWrite } from './normalised-write.ts';
import { toMemoryError } from './operation-runner.ts';
import type { StoreInput, WriteOptions } from './write-operations.ts';
import type { StoreManyResult, WriteResult } from './write-results.ts';
import { readWriteTerms, type WriteTerms, writeUnit } from './write-unit.ts';

/** What became of one item, with its place in the change feed. */
type ItemResult =
  | { readonly result: WriteResult; readonly seq: number }
  | { readonly error: Error };

export async function storeMany(
  scope: Scope,
  items: readonly StoreInput[],
  options?: WriteOptions & { atomic?: boolean | undefined },
): Promise<StoreManyResult> {
  const now = Date.now();
  const issues = new IssueCollector();
  const terms = readWriteTerms(issues, options, scope.engine, now);
  checkItemCount(issues, items);
  issues.throwIfAny();
  const results =
    (options?.atomic ?? true)
      ? await storeTogether(scope, items, terms)
      : await storeEach(scope, items, terms);
  return summarise(results);
}

/**
 * Stores memories with the times and counters they had elsewhere, each on its own. A memory that is here already with
 * the same content is skipped and unchanged; one with other content is updated. Order of the results as of the items.
 */
export async function importRecords(
  scope: Scope,
  items: readonly ImportItem[],
): Promise<readonly ImportOutcome[]> {
  const issues = new IssueCollector();
  checkItemCount(issues, items);
  issues.throwIfAny();
  return await inChunks(items, scope.engine.options.batchSize, async (item, index) => {
    const now = Date.now();
    try {
      const write = checked((own) => normaliseImport(own, item, ['items', String(index)], now));
      const terms = readWriteTerms(issues, undefined, scope.engine, now);
      const { outcomes } = await writeUnit(scope, [write], terms);
      return outcomeAt(outcomes, 0).kind === 'unchanged' ? 'skipped' : 'imported';
    } catch (error) {
      return toMemoryError('import', error);
    }
  });
}

/** A store whose metadata keep every digit and whose expiry is a moment, not a span from now. */
function normaliseImport(
  issues: IssueCollector,
  { fields, history, metadataText, expiresAt }: ImportItem,
  path: readonly string[],
  now: number,
): NormalisedWrite {
  const write = normaliseStore(issues, fields, path, now, history);
  if (write.operation.kind !== 'store') return write;
  const exact = {
    ...(metadataText === undefined
      ? {}
      : {
          metadataText: readJsonText(
            issues,
            metadataText,
            [...path, 'metadata'],
            MAX_METADATA_BYTES,
          ),
        }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  return { ...write, operation: { ...write.operation, ...exact } };
}

async function storeTogether(
  scope: Scope,
  items: readonly StoreInput[],
  terms: WriteTerms,
): Promise<readonly ItemResult[]> {
  if (items.length === 0) return [];
  const writes = checked((issues) => {
    const all = items.map((item, index) =>
      normaliseStore(issues, item, ['items', String(index)], terms.now),
    );
    refuseDuplicateKeys(issues, all);
    return all;
  });
  const unit = await writeUnit(
    scope,
    writes,
    terms,
    idempotencyOf(terms, () => hashOfBatch(writes)),
  );
  return writes.map((_, index) => {
    const outcome = outcomeAt(unit.outcomes, index);
    return { result: toWriteResult(scope, outcome, unit), seq: outcome.seq };
  });
}

/** Each item is a unit of its own; those of one chunk travel together, so that the group commit takes them at once. */
async function storeEach(
  scope: Scope,
  items: readonly StoreInput[],
  terms: WriteTerms,
): Promise<readonly ItemResult[]> {
  const writes = items.map((item, index) => attempt(() => checkedItem(item, index, terms.now)));
  const hash = terms.idempotencyKey === null ? '' : hashOfBatch(writes);
  // Waiting for the vectors of each would stop the chunks behind it.
  const unhurried = { ...terms, awaitIndex: false };
  const results = await inChunks(
    writes,
    scope.engine.options.batchSize,
    async (write, index): Promise<ItemResult> => {
      if (write instanceof Error) return { error: write };
      const idempotency =
        terms.idempotencyKey === null
          ? undefined
          : {
              key: itemIdempotencyKey(terms.idempotencyKey, index),
              requestHash: itemRequestHash(hash, index),
            };
      try {
        const unit = await writeUnit(scope, [write], unhurried, idempotency);
        const outcome = outcomeAt(unit.outcomes, 0);
        return { result: toWriteResult(scope, outcome, unit), seq: outcome.seq };
      } catch (error) {
        return { error: toMemoryError('store', error) };
      }
    },
  );
  if (terms.awaitIndex) {
    const ids = results.flatMap((item) => ('result' in item ? [item.result.memory.id] : []));
    await scope.engine.embeddings.whenEmbedded(scope.namespace, ids, terms.deadline);
  }
  return results;
}

function summarise(results: readonly ItemResult[]): StoreManyResult {
  const stored = results.filter((item) => 'result' in item);
  const newest = stored.reduce<(typeof stored)[number] | undefined>(
    (best, item) => (best === undefined || item.seq > best.seq ? item : best),
    undefined,
  );
  return {
    results: results.map((item) => ('result' in item ? item.result : item.error)),
    stored: stored.length,
    failed: results.length - stored.length,
    replayed: stored.length > 0 && stored.every((item) => item.result.replayed),
    cursor: newest?.result.cursor ?? null,
    pending: [...new Set(stored.flatMap((item) => item.result.pending))],
  };
}

function checkItemCount(issues: IssueCollector, items: unknown): void {
  if (!Array.isArray(items)) issues.add(['items'], `must be a list, not ${describe(items)}`);
  else if (items.length > MAX_UNIT_OPERATIONS) {
    issues.add(['items'], `must hold at most ${MAX_UNIT_OPERATIONS} items, not ${items.length}`);
  }
}

/** Twice the same key in one unit hides a mistake: the first of the two stores would never have been visible. */
function refuseDuplicateKeys(issues: IssueCollector, writes: readonly NormalisedWrite[]): void {
  const seen = new Map<string, number>();
  for (const [index, { operation }] of writes.entries()) {
    if (operation.kind !== 'store' || operation.key === '') continue;
    const first = seen.get(operation.key);
    if (first === undefined) seen.set(operation.key, index);
    else issues.add(['items', String(index), 'key'], `is the key of item ${first} already`);
  }
}

function checkedItem(item: StoreInput, index: number, now: number): NormalisedWrite {
  return checked((issues) => normaliseStore(issues, item, ['items', String(index)], now));
}

function checked<T>(normalise: (issues: IssueCollector) => T): T {
  const issues = new IssueCollector();
  const result = normalise(issues);
  issues.throwIfAny();
  return result;
}

function attempt<T>(run: () => T): T | Error {
  try {
    return run();
  } catch (error) {
    if (error instanceof ValidationError) return error;
    throw error;
  }
}

function hashOfBatch(writes: readonly (NormalisedWrite | Error)[]): string {
  return requestHash(
    'storeMany',
    writes.map((write) => (write instanceof Error ? null : write.request)),
  );
}

function idempotencyOf(
  terms: WriteTerms,
  hash: () => string,
): { key: string; requestHash: string } | undefined {
  return terms.idempotencyKey === null
    ? undefined
    : { key: terms.idempotencyKey, requestHash: hash() };
}
