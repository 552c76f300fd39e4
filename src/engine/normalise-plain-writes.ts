import { ValidationError } from './errors.ts';
import { describe, isGiven, readInteger, readOneOf } from './field-rules.ts';
import type { IssueCollector } from './issue-collector.ts';
import { readJson } from './json-input.ts';
import { MAX_VALUE_BYTES } from './limits.ts';
import type { LinkInput } from './link-operations.ts';
import type { JsonPath } from './model/json-value.ts';
import { LINK_KINDS } from './model/link.ts';
import type { WriteOperation } from './model/write-operation.ts';
import { type NormalisedWrite, sizeOf } from './normalised-write.ts';
import { readTarget } from './read-target.ts';
import { parseJsonPath } from './search/json-path.ts';
import { readIfVersion } from './write-fields.ts';
import type {
  AppendInput,
  AssertVersionInput,
  DeleteInput,
  IncrementInput,
} from './write-operations.ts';

/*
 * Writes that mean the same whenever they are done: nothing in them counts from the caller's clock.
 */

export function normaliseIncrement(
  issues: IssueCollector,
  input: IncrementInput,
  path: readonly string[],
): NormalisedWrite {
  const by = input.amount ?? 1;
  if (
    typeof by !== 'number' ||
    !Number.isFinite(by) ||
    (Number.isInteger(by) && !Number.isSafeInteger(by))
  ) {
    issues.add(
      [...path, 'amount'],
      `must be a finite number, integers within 2^53, not ${describe(by)}`,
    );
  }
  return withoutExpiry({
    kind: 'increment',
    target: readTarget(issues, input.by, [...path, 'by']),
    path: readPath(issues, input.path, path),
    by,
    ifVersion: readIfVersion(issues, input.ifVersion, path),
  });
}

export function normaliseAppend(
  issues: IssueCollector,
  input: AppendInput,
  path: readonly string[],
): NormalisedWrite {
  const itemsPath = [...path, 'items'];
  const items: unknown = input.items;
  const isList = Array.isArray(items) && items.length > 0;
  if (!isList) issues.add(itemsPath, 'must be a list of at least one JSON value');
  return withoutExpiry({
    kind: 'append',
    target: readTarget(issues, input.by, [...path, 'by']),
    path: readPath(issues, input.path, path),
    itemsText: isList ? readJson(issues, items, itemsPath, MAX_VALUE_BYTES) : '[]',
    ifVersion: readIfVersion(issues, input.ifVersion, path),
  });
}

export function normaliseDelete(
  issues: IssueCollector,
  input: DeleteInput,
  path: readonly string[],
): NormalisedWrite {
  return withoutExpiry({
    kind: 'delete',
    target: readTarget(issues, input.by, [...path, 'by']),
    ifVersion: readIfVersion(issues, input.ifVersion, path),
  });
}

export function normaliseLink(
  issues: IssueCollector,
  kind: 'link' | 'unlink',
  input: LinkInput,
  path: readonly string[],
): NormalisedWrite {
  return withoutExpiry({
    kind,
    from: readTarget(issues, input.from, [...path, 'from']),
    to: readTarget(issues, input.to, [...path, 'to']),
    link: readOneOf(issues, input.kind, [...path, 'kind'], LINK_KINDS),
  });
}

/** `version` 0 = the memory must not exist. */
export function normaliseAssertVersion(
  issues: IssueCollector,
  input: AssertVersionInput,
  path: readonly string[],
): NormalisedWrite {
  return withoutExpiry({
    kind: 'assert',
    target: readTarget(issues, input.by, [...path, 'by']),
    version: readInteger(issues, input.version, [...path, 'version'], 0),
  });
}

function readPath(issues: IssueCollector, text: unknown, path: readonly string[]): JsonPath {
  if (!isGiven(text) || text === '') return [];
  return issues.attempt(() => {
    if (typeof text === 'string') return parseJsonPath(text, [...path, 'path']);
    throw new ValidationError([
      { path: [...path, 'path'], message: `must be a string, not ${describe(text)}` },
    ]);
  }, []);
}

function withoutExpiry(
  operation: Exclude<WriteOperation, { kind: 'store' | 'update' }>,
): NormalisedWrite {
  const texts = operation.kind === 'append' ? [operation.itemsText] : [];
  return { operation, request: operation, bytes: sizeOf(texts) };
}
