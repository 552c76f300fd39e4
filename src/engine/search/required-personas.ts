import type { Filter } from './filter.ts';

/** The names of personas that a memory must be of to pass a filter, as far as its outermost conditions say; null when they do not. */
export function requiredPersonas(filter: Filter | null): ReadonlySet<string> | null {
  if (filter === null) return null;
  if ('and' in filter) return filter.and.map(requiredPersonas).reduce(intersect, null);
  if (!('operand' in filter)) return null;
  const { operand, comparison } = filter;
  if (!('field' in operand) || operand.field !== 'persona') return null;
  switch (comparison.operator) {
    case 'eq':
      return namesOf([comparison.value]);
    case 'in':
      return namesOf(comparison.values);
    default:
      return null;
  }
}

/** A memory without a persona passes for null. */
function namesOf(values: readonly unknown[]): ReadonlySet<string> | null {
  if (values.includes(null)) return null;
  return new Set(values.filter((value) => typeof value === 'string'));
}

/** Null is the set of all. */
function intersect(
  left: ReadonlySet<string> | null,
  right: ReadonlySet<string> | null,
): ReadonlySet<string> | null {
  if (left === null || right === null) return left ?? right;
  return new Set([...left].filter((name) => right.has(name)));
}
