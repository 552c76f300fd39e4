import { isGiven, readInteger } from './field-rules.ts';
import type { IssueCollector } from './issue-collector.ts';
import { readJson, readJsonText } from './json-input.ts';
import { MAX_VALUE_BYTES } from './limits.ts';

/** JSON text of a value that is given as one of the two. */
export function readValue(
  issues: IssueCollector,
  input: { readonly value?: unknown; readonly valueText?: string | undefined },
  path: readonly string[],
): string {
  const hasText = isGiven(input.valueText);
  if (hasText === (input.value !== undefined)) {
    issues.add([...path, 'value'], 'give exactly one of value and valueText');
    return 'null';
  }
  return hasText
    ? readJsonText(issues, input.valueText, [...path, 'valueText'], MAX_VALUE_BYTES)
    : readJson(issues, input.value, [...path, 'value'], MAX_VALUE_BYTES);
}

export function readIfVersion(
  issues: IssueCollector,
  value: unknown,
  path: readonly string[],
): number | undefined {
  return isGiven(value) ? readInteger(issues, value, [...path, 'ifVersion'], 0) : undefined;
}

/** Whole milliseconds, at least one after `now`. */
export function expiry(now: number, ttlSeconds: number): number {
  return now + Math.max(1, Math.round(ttlSeconds * 1000));
}
