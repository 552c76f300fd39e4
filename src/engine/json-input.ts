import { describe } from './field-rules.ts';
import type { IssueCollector } from './issue-collector.ts';
import { canonicalJsonText, toJsonText } from './json-text.ts';

/** Canonical JSON text of a caller's value, at most `maxBytes` long. */
export function readJson(
  issues: IssueCollector,
  value: unknown,
  path: readonly string[],
  maxBytes: number,
): string {
  const text = issues.attempt(() => toJsonText(value, path), 'null');
  checkSize(issues, text, path, maxBytes);
  return text;
}

/** Canonical form of a caller's JSON text, at most `maxBytes` long as received, so that parsing is bounded too. */
export function readJsonText(
  issues: IssueCollector,
  text: unknown,
  path: readonly string[],
  maxBytes: number,
): string {
  if (typeof text !== 'string') {
    issues.add(path, `must be JSON text, not ${describe(text)}`);
    return 'null';
  }
  return checkSize(issues, text, path, maxBytes)
    ? issues.attempt(() => canonicalJsonText(text, path), 'null')
    : 'null';
}

/** A JSON object, not a list and not null. */
export function readObject(
  issues: IssueCollector,
  value: unknown,
  path: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  issues.add(path, `must be a JSON object, not ${describe(value)}`);
  return {};
}

/** Bytes of UTF-8. */
export function byteLengthOf(text: string): number {
  return Buffer.byteLength(text);
}

function checkSize(
  issues: IssueCollector,
  text: string,
  path: readonly string[],
  maxBytes: number,
): boolean {
  const bytes = byteLengthOf(text);
  if (bytes <= maxBytes) return true;
  issues.add(path, `must be at most ${maxBytes} bytes of JSON, not ${bytes}`);
  return false;
}
