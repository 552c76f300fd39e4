import type { Section } from '../model/section.ts';
import { SECTIONS } from '../model/section.ts';
import type { Filter } from './filter.ts';

/** The sections that a memory must be in to pass a filter, as far as its outermost conditions say; all when they do not. */
export function requiredSections(filter: Filter | null): readonly Section[] {
  return filter === null ? SECTIONS : SECTIONS.filter((section) => mayPass(filter, section));
}

/** False only where the filter surely refuses every memory of the section. */
function mayPass(filter: Filter, section: Section): boolean {
  if ('and' in filter) return filter.and.every((part) => mayPass(part, section));
  if ('or' in filter) return filter.or.some((part) => mayPass(part, section));
  if (!('operand' in filter)) return true;
  const { operand, comparison } = filter;
  if (!('field' in operand) || operand.field !== 'section') return true;
  switch (comparison.operator) {
    case 'eq':
      return comparison.value === section;
    case 'in':
      return comparison.values.includes(section);
    default:
      return true;
  }
}
