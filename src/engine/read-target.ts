import { isGiven, readInteger, readText } from './field-rules.ts';
import type { IssueCollector } from './issue-collector.ts';
import type { Target } from './model/memory-record.ts';

/** Exactly one of `key` and `id`. */
export function readTarget(
  issues: IssueCollector,
  target: unknown,
  path: readonly string[],
): Target {
  const given =
    typeof target === 'object' && target !== null
      ? (target as { key?: unknown; id?: unknown })
      : {};
  if (isGiven(given.key) === isGiven(given.id)) {
    issues.add(path, 'must name a memory by exactly one of key and id');
    return { id: 0 };
  }
  return isGiven(given.key)
    ? { key: readText(issues, given.key, [...path, 'key'], 'key') }
    : { id: readInteger(issues, given.id, [...path, 'id'], 1) };
}
