import type { AsOfOptions } from './history-operations.ts';
import type { Memory } from './memory.ts';
import type { OrderTerm } from './search/filter.ts';

/** Filters as a caller writes them: the object form of `search/where.ts`, or v4's flat equality object. */
export type Where = { readonly [key: string]: unknown };

export interface ListInput extends AsOfOptions {
  readonly where?: Where | null | undefined;
  readonly orderBy?: readonly OrderTerm[] | null | undefined;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  /** Count all matches; costs a scan of the index. Default true. */
  readonly withTotal?: boolean | undefined;
}

export interface MemoryPage {
  readonly items: readonly { readonly memory: Memory; readonly cursor: string }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly total: number | null;
}
