import type { Filter, FilterField, FilterOperand } from './filter.ts';

type Operand = FilterField | 'tags' | 'value' | 'metadata';

/** Whether a filter looks at nothing but these. */
export function looksOnlyAt(filter: Filter, allowed: ReadonlySet<Operand>): boolean {
  if ('and' in filter) return filter.and.every((part) => looksOnlyAt(part, allowed));
  if ('or' in filter) return filter.or.every((part) => looksOnlyAt(part, allowed));
  if ('not' in filter) return looksOnlyAt(filter.not, allowed);
  return allowed.has('tags' in filter ? 'tags' : nameOf(filter.operand));
}

function nameOf(operand: FilterOperand): Operand {
  return 'field' in operand ? operand.field : operand.json;
}
