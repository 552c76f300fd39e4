import type { Keyset } from './backends/memory-reads.ts';
import type { ReadMap } from './backends/read-map.ts';
import { earliestExpiry, queryName, totalBytes } from './cached-records.ts';
import type { Scope } from './engine-parts.ts';
import { readInteger } from './field-rules.ts';
import { IssueCollector } from './issue-collector.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from './limits.ts';
import type { ListInput, MemoryPage } from './list-operations.ts';
import { Memory } from './memory.ts';
import type { MemoryRecord } from './model/memory-record.ts';
import { readPageAsOf } from './namespace-as-of.ts';
import { decodeListCursor, encodeListCursor } from './search/cursor.ts';
import { DEFAULT_ORDER, keysetOf, parseOrder } from './search/order.ts';
import { parseWhere } from './search/where.ts';

type ListArgs = ReadMap['list']['args'];

/**
 * One page of the memories that a filter matches. `first`/`after` walk forwards, `last`/`before` backwards; items are
 * always in the order asked for. Default: the first 20, newest first.
 */
export async function list(scope: Scope, input: ListInput): Promise<MemoryPage> {
  const now = Date.now();
  const args = readListArgs(scope.namespace, input, now);
  const asOf = input.asOf ?? null;
  const result =
    asOf === null ? await readPage(scope, args) : await readPageAsOf(scope, args, asOf);
  return {
    items: result.records.map((record) => new PageItem(record, args.order)),
    // In the direction that was not travelled, a cursor says that there is more: the item it was taken from.
    hasNextPage: args.fromEnd ? args.before !== null : result.hasMore,
    hasPreviousPage: args.fromEnd ? result.hasMore : args.after !== null,
    total: result.total,
  };
}

/** Its cursor is made when it is asked for: most readers look at the last one of a page, or at none. */
class PageItem {
  readonly memory: Memory;
  readonly #order: ListArgs['order'];

  constructor(record: MemoryRecord, order: ListArgs['order']) {
    this.memory = new Memory(record);
    this.#order = order;
  }

  get cursor(): string {
    return encodeListCursor(this.#order, keysetOf(this.memory.toRecord(), this.#order));
  }
}

async function readPage(
  { engine, namespace }: Scope,
  args: ListArgs,
): Promise<ReadMap['list']['result']> {
  const { now } = args;
  const load = (): Promise<ReadMap['list']['result']> =>
    engine.backend.read('list', args, { deadline: now + engine.options.operationTimeoutMs });
  // A total also changes when a memory outside of the page expires, which no write tells: it is counted every time.
  if (args.withTotal || !engine.reads.keeps) return await load();
  const { answer } = await engine.reads.read(
    namespace,
    { query: queryName('list', { ...args, now: 0 }) },
    now,
    {
      load,
      freshUntil: ({ records }) => earliestExpiry(records),
      bytes: ({ records }) => totalBytes(records),
    },
  );
  return answer;
}

function readListArgs(namespace: string, input: ListInput, now: number): ListArgs {
  const issues = new IssueCollector();
  const filter = issues.attempt(() => parseWhere(input.where, ['where']), null);
  const order = issues.attempt(() => parseOrder(input.orderBy, ['orderBy']), DEFAULT_ORDER);
  const readCursor = (name: 'after' | 'before'): Keyset | null => {
    const cursor = input[name] ?? null;
    return cursor === null
      ? null
      : issues.attempt(() => decodeListCursor(cursor, order, [name]), null);
  };
  const first = input.first ?? null;
  const last = input.last ?? null;
  if (first !== null && last !== null) issues.add(['last'], 'give only one of first and last');
  const limit =
    last !== null
      ? readInteger(issues, last, ['last'], 0, MAX_PAGE_SIZE)
      : readInteger(issues, first ?? DEFAULT_PAGE_SIZE, ['first'], 0, MAX_PAGE_SIZE);
  const args: ListArgs = {
    namespace,
    filter,
    order,
    limit,
    after: readCursor('after'),
    before: readCursor('before'),
    fromEnd: last !== null,
    withTotal: input.withTotal ?? true,
    now,
  };
  issues.throwIfAny();
  return args;
}
