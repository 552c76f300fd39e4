import { GraphQLError } from 'graphql';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, ValidationError } from '../engine/index.ts';

/*
 * Cost of an operation: 1 point per field, times the size of every list above it. It is computed at run time,
 * because a validation rule that reads variables is cached by document and so bypassed by the next variables.
 */

/** Factor of lists whose length no argument bounds: pools, checks, personas. */
export const LIST_FACTOR = 10;

/** A list inside something whose argument already counted its length. */
export const LEAF_LIST = { field: 0, multiplier: 1 };

/** For fields that return `first` or `last` items; never below one item, so that no argument makes an operation cheaper. */
export function pageCost(args: {
  readonly first?: number | null | undefined;
  readonly last?: number | null | undefined;
}) {
  return listCost(args.first ?? args.last ?? DEFAULT_PAGE_SIZE);
}

export function listCost(length: number): { field: number; multiplier: number } {
  return { field: 1, multiplier: Math.max(1, length) };
}

export function costError(
  _kind: unknown,
  result: { complexity: number; maxComplexity?: number },
): GraphQLError {
  return new GraphQLError(
    `The operation costs ${result.complexity} points, ${result.maxComplexity} are allowed.`,
    {
      extensions: {
        code: 'COST_LIMIT_EXCEEDED',
        remedy: 'Ask for fewer fields or smaller pages.',
        cost: result.complexity,
        limit: result.maxComplexity,
        http: { status: 400 },
      },
    },
  );
}

/** `nodes` has no paging, so its list is bounded like a page. */
export function limitNodes<T>(ids: readonly T[]): T[] {
  if (ids.length > MAX_PAGE_SIZE) {
    throw new ValidationError([
      { path: ['ids'], message: `must hold at most ${MAX_PAGE_SIZE} ids, not ${ids.length}` },
    ]);
  }
  return [...ids];
}
