import { ValidationError } from './errors.ts';
import {
  describe,
  readImportance,
  readInteger,
  readOneOf,
  readPersona,
  readSection,
  readTags,
  readText,
  readTtl,
} from './field-rules.ts';
import type { IssueCollector } from './issue-collector.ts';
import { byteLengthOf, readJson, readJsonText, readObject } from './json-input.ts';
import { MAX_METADATA_BYTES, MAX_VALUE_BYTES } from './limits.ts';
import type { LinkInput } from './link-operations.ts';
import { parseJsonPath } from './search/json-path.ts';
import { inferSection } from './section-inference.ts';
import {
  DUPLICATE_POLICIES,
  type ImportedHistory,
  type JsonPath,
  LINK_KINDS,
  type Target,
  type WriteOperation,
} from './types.ts';
import type {
  AppendInput,
  AssertVersionInput,
  DeleteInput,
  IncrementInput,
  StoreInput,
  UpdateInput,
} from './write-operations.ts';

/** A checked write: the operation for the writer, what its request hash covers, and its size in bytes. */
export interface NormalisedWrite {
  readonly operation: WriteOperation;
  /** The operation as the caller said it: `ttlSeconds` instead of the moment it leads to. */
  readonly request: unknown;
  readonly bytes: number;
}

/** Bytes that a unit's bookkeeping adds to its texts, so that many empty operations are not free. */
const OPERATION_OVERHEAD_BYTES = 64;

/** Checks a store; issues are reported under `path`. `now` is the caller's clock in Unix ms. */
export function normaliseStore(
  issues: IssueCollector,
  input: StoreInput,
  path: readonly string[],
  now: number,
  imported?: ImportedHistory,
): NormalisedWrite {
  const key = readText(issues, input.key, [...path, 'key'], 'key');
  const valueText = readValue(issues, input, path);
  const metadataPath = [...path, 'metadata'];
  const metadata = readObject(issues, input.metadata ?? {}, metadataPath);
  const metadataText = readJson(issues, metadata, metadataPath, MAX_METADATA_BYTES);
  /** v4 callers say these in the metadata; what is given explicitly wins. */
  const pick = <T>(name: 'persona' | 'importance' | 'tags', read: FieldReader<T>, absent: T): T => {
    if (input[name] !== undefined && input[name] !== null)
      return read(issues, input[name], [...path, name]);
    if (input[name] === null && name === 'persona') return absent;
    const inherited = metadata[name] ?? null;
    return inherited === null ? absent : read(issues, inherited, [...metadataPath, name]);
  };
  const persona = pick('persona', readPersona, null);
  const importance = pick('importance', readImportance, 0.5);
  const tags = pick('tags', readTags, []);
  const section = isGiven(input.section)
    ? readSection(issues, input.section, [...path, 'section'])
    : inferSection(issues, key, metadata, metadataPath);
  const ttlSeconds = isGiven(input.ttlSeconds)
    ? readTtl(issues, input.ttlSeconds, [...path, 'ttlSeconds'])
    : null;
  const ifVersion = readIfVersion(issues, input.ifVersion, path);
  const onDuplicate = isGiven(input.onDuplicate)
    ? readOneOf(issues, input.onDuplicate, [...path, 'onDuplicate'], DUPLICATE_POLICIES)
    : undefined;
  const said = {
    kind: 'store',
    key,
    valueText,
    metadataText,
    tags,
    section,
    persona,
    importance,
    ifVersion,
    onDuplicate,
  } as const;
  return {
    operation: {
      ...said,
      expiresAt: ttlSeconds === null ? null : expiry(now, ttlSeconds),
      imported,
    },
    request: { ...said, ttlSeconds },
    bytes: sizeOf([key, valueText, metadataText, ...tags]),
  };
}

/** Checks an update: exactly the fields given change; `null` for ttlSeconds removes the expiry, for persona the persona. */
export function normaliseUpdate(
  issues: IssueCollector,
  input: UpdateInput,
  path: readonly string[],
  now: number,
): NormalisedWrite {
  const ways = [input.value, input.valueText ?? undefined, input.valuePatch].filter(
    (way) => way !== undefined,
  );
  if (ways.length > 1) issues.add(path, 'give only one of value, valueText and valuePatch');
  const changes = {
    valueText:
      ways.length === 1 && input.valuePatch === undefined
        ? readValue(issues, input, path)
        : undefined,
    valuePatchText:
      input.valuePatch === undefined
        ? undefined
        : readJson(issues, input.valuePatch, [...path, 'valuePatch'], MAX_VALUE_BYTES),
    metadataPatchText: isGiven(input.metadataPatch)
      ? readMetadataPatch(issues, input.metadataPatch, path)
      : undefined,
    tags: isGiven(input.tags) ? readTags(issues, input.tags, [...path, 'tags']) : undefined,
    section: isGiven(input.section)
      ? readSection(issues, input.section, [...path, 'section'])
      : undefined,
    persona:
      input.persona === undefined
        ? undefined
        : readPersona(issues, input.persona, [...path, 'persona']),
    importance: isGiven(input.importance)
      ? readImportance(issues, input.importance, [...path, 'importance'])
      : undefined,
  };
  const ttlSeconds = isGiven(input.ttlSeconds)
    ? readTtl(issues, input.ttlSeconds, [...path, 'ttlSeconds'])
    : input.ttlSeconds;
  if (ttlSeconds === undefined && Object.values(changes).every((change) => change === undefined)) {
    issues.add(path, 'nothing to change is given');
  }
  const said = {
    kind: 'update',
    target: readTarget(issues, input.by, [...path, 'by']),
    ...changes,
    ifVersion: readIfVersion(issues, input.ifVersion, path),
  } as const;
  const expiresAt = isGiven(ttlSeconds) ? expiry(now, ttlSeconds) : ttlSeconds;
  return {
    operation: { ...said, expiresAt },
    request: { ...said, ttlSeconds },
    bytes: sizeOf([
      changes.valueText,
      changes.valuePatchText,
      changes.metadataPatchText,
      ...(changes.tags ?? []),
    ]),
  };
}

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

type FieldReader<T> = (issues: IssueCollector, value: unknown, path: readonly string[]) => T;

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

function readValue(
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

function readMetadataPatch(
  issues: IssueCollector,
  patch: unknown,
  path: readonly string[],
): string {
  const patchPath = [...path, 'metadataPatch'];
  return readJson(issues, readObject(issues, patch, patchPath), patchPath, MAX_METADATA_BYTES);
}

function readIfVersion(
  issues: IssueCollector,
  value: unknown,
  path: readonly string[],
): number | undefined {
  return isGiven(value) ? readInteger(issues, value, [...path, 'ifVersion'], 0) : undefined;
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

/** Whole milliseconds, at least one after `now`. */
function expiry(now: number, ttlSeconds: number): number {
  return now + Math.max(1, Math.round(ttlSeconds * 1000));
}

function withoutExpiry(
  operation: Exclude<WriteOperation, { kind: 'store' | 'update' }>,
): NormalisedWrite {
  const texts = operation.kind === 'append' ? [operation.itemsText] : [];
  return { operation, request: operation, bytes: sizeOf(texts) };
}

function sizeOf(texts: readonly (string | undefined)[]): number {
  return texts.reduce(
    (sum, text) => sum + (text === undefined ? 0 : byteLengthOf(text)),
    OPERATION_OVERHEAD_BYTES,
  );
}
