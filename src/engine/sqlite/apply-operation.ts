import { NotFoundError, ValidationError, VersionConflictError } from '../errors.ts';
import { MAX_METADATA_BYTES, MAX_VALUE_BYTES } from '../limits.ts';
import type { MemoryRecord, Target } from '../model/memory-record.ts';
import type { WriteOperation } from '../model/write-operation.ts';
import type { FoundDuplicate } from './duplicates.ts';
import { appendAt, incrementAt, mergePatch } from './json-edit.ts';
import type { StatementCache } from './statement-cache.ts';

/** What changes memories; links are decided in apply-link.ts. */
export type MemoryOperation = Exclude<WriteOperation, { kind: 'link' | 'unlink' }>;

type Operation<K extends WriteOperation['kind']> = Extract<WriteOperation, { kind: K }>;

/** Where an operation finds what it changes: the file for the writer, snapshot and overlay for a transaction's reads. */
export interface OperationContext {
  readonly statements: StatementCache;
  readonly namespace: string;
  /** Unix ms; memories that expired by then do not exist. */
  readonly now: number;
  readonly csn: number;
  /** Path of the operation in error messages; empty for a lone one. */
  readonly path: readonly string[];
  /** The memory, expired or not. */
  find(target: Target): MemoryRecord | undefined;
  nextId(): number;
  /** Memories that say what a store of a new key would say. */
  findDuplicates(operation: Extract<WriteOperation, { kind: 'store' }>): readonly FoundDuplicate[];
}

/** What an operation does to one memory. */
export type Effect =
  | {
      readonly kind: 'created';
      readonly after: MemoryRecord;
      /** An expired memory of the same key that has to go first. */
      readonly expired: MemoryRecord | undefined;
      /** Access statistics come from an import. */
      readonly withAccess: boolean;
      /** Undefined when they were not looked for. */
      readonly duplicates: readonly FoundDuplicate[] | undefined;
      /** Those of them that the new memory supersedes. */
      readonly supersededIds: readonly number[];
    }
  | {
      readonly kind: 'updated';
      readonly before: MemoryRecord;
      readonly after: MemoryRecord;
      readonly withAccess: boolean;
    }
  | { readonly kind: 'deleted'; readonly before: MemoryRecord }
  | {
      readonly kind: 'unchanged';
      readonly record: MemoryRecord;
      readonly duplicates?: readonly FoundDuplicate[] | undefined;
    }
  | { readonly kind: 'asserted' };

/** Decides what an operation does, without doing it. Errors: NotFoundError, VersionConflictError, ValidationError. */
export function effectOf(operation: MemoryOperation, context: OperationContext): Effect {
  switch (operation.kind) {
    case 'store':
      return store(operation, context);
    case 'update':
      return update(operation, context);
    case 'increment':
      return edit(operation, context, (text) =>
        incrementAt(context.statements, text, operation.path, operation.by),
      );
    case 'append':
      return edit(operation, context, (text) =>
        appendAt(context.statements, text, operation.path, operation.itemsText),
      );
    case 'delete':
      return { kind: 'deleted', before: existing(operation.target, operation.ifVersion, context) };
    case 'assert': {
      const record = live(context.find(operation.target), context.now);
      checkVersion(operation.target, record, operation.version);
      return { kind: 'asserted' };
    }
  }
}

/** What expired is gone, whether or not the sweep has met it yet. */
export function live(record: MemoryRecord | undefined, now: number): MemoryRecord | undefined {
  return record?.expiresAt != null && record.expiresAt <= now ? undefined : record;
}

function store(operation: Operation<'store'>, context: OperationContext): Effect {
  const { imported } = operation;
  const found = context.find({ key: operation.key });
  const before = live(found, context.now);
  checkVersion({ key: operation.key }, before, operation.ifVersion);
  if (before !== undefined && imported !== undefined && sameContent(before, operation)) {
    return { kind: 'unchanged', record: before };
  }
  const { onDuplicate } = operation;
  const duplicates =
    onDuplicate === undefined || before !== undefined
      ? undefined
      : context.findDuplicates(operation);
  const best = duplicates?.[0];
  if (onDuplicate === 'return_existing' && best !== undefined) {
    return { kind: 'unchanged', record: best.record, duplicates };
  }
  const after: MemoryRecord = {
    id: before?.id ?? operation.newId ?? context.nextId(),
    namespace: context.namespace,
    key: operation.key,
    valueText: operation.valueText,
    metadataText: operation.metadataText,
    tags: operation.tags,
    section: operation.section,
    persona: operation.persona,
    importance: operation.importance,
    version: (before?.version ?? 0) + 1,
    csn: context.csn,
    createdAt: imported?.createdAt ?? before?.createdAt ?? context.now,
    updatedAt: imported?.updatedAt ?? context.now,
    accessedAt: imported?.accessedAt ?? before?.accessedAt ?? context.now,
    accessCount: imported?.accessCount ?? before?.accessCount ?? 0,
    expiresAt: operation.expiresAt,
  };
  const withAccess = imported !== undefined;
  if (before !== undefined) return { kind: 'updated', before, after, withAccess };
  const supersededIds =
    onDuplicate === 'supersede' ? (duplicates ?? []).map(({ record }) => record.id) : [];
  return { kind: 'created', after, expired: found, withAccess, duplicates, supersededIds };
}

function update(operation: Operation<'update'>, context: OperationContext): Effect {
  const before = existing(operation.target, operation.ifVersion, context);
  let valueText = operation.valueText ?? before.valueText;
  if (operation.valuePatchText !== undefined) {
    valueText = mergePatch(context.statements, valueText, operation.valuePatchText);
  }
  let { metadataText } = before;
  if (operation.metadataPatchText !== undefined) {
    metadataText = mergePatch(context.statements, metadataText, operation.metadataPatchText);
  }
  checkSizes(valueText, metadataText, context.path);
  const after: MemoryRecord = {
    ...before,
    valueText,
    metadataText,
    tags: operation.tags ?? before.tags,
    section: operation.section ?? before.section,
    persona: operation.persona === undefined ? before.persona : operation.persona,
    importance: operation.importance ?? before.importance,
    expiresAt: operation.expiresAt === undefined ? before.expiresAt : operation.expiresAt,
    ...nextVersion(before, context),
  };
  return { kind: 'updated', before, after, withAccess: false };
}

function edit(
  operation: Operation<'increment' | 'append'>,
  context: OperationContext,
  change: (text: string) => string,
): Effect {
  const before = existing(operation.target, operation.ifVersion, context);
  const valueText = change(before.valueText);
  checkSizes(valueText, before.metadataText, context.path);
  const after = { ...before, valueText, ...nextVersion(before, context) };
  return { kind: 'updated', before, after, withAccess: false };
}

/** The memory, which must be visible. Errors: NotFoundError, VersionConflictError. */
export function existing(
  target: Target,
  ifVersion: number | undefined,
  context: OperationContext,
): MemoryRecord {
  const found = live(context.find(target), context.now);
  if (found === undefined) {
    throw new NotFoundError(`there is no memory ${nameOf(target)}`, {
      data: { ...target },
      remedy: 'Store it first, or check the key.',
    });
  }
  checkVersion(target, found, ifVersion);
  return found;
}

function checkVersion(
  target: Target,
  found: MemoryRecord | undefined,
  ifVersion: number | undefined,
): void {
  const actual = found?.version ?? 0;
  if (ifVersion === undefined || ifVersion === actual) return;
  const key = found?.key ?? ('key' in target ? target.key : String(target.id));
  throw new VersionConflictError(key, ifVersion, actual);
}

function nextVersion(
  before: MemoryRecord,
  context: OperationContext,
): Pick<MemoryRecord, 'version' | 'csn' | 'updatedAt'> {
  return { version: before.version + 1, csn: context.csn, updatedAt: context.now };
}

function checkSizes(valueText: string, metadataText: string, path: readonly string[]): void {
  if (Buffer.byteLength(valueText) > MAX_VALUE_BYTES) {
    throw new ValidationError([
      { path: [...path, 'value'], message: `would grow beyond ${MAX_VALUE_BYTES} bytes` },
    ]);
  }
  if (Buffer.byteLength(metadataText) > MAX_METADATA_BYTES) {
    throw new ValidationError([
      { path: [...path, 'metadata'], message: `would grow beyond ${MAX_METADATA_BYTES} bytes` },
    ]);
  }
}

function sameContent(record: MemoryRecord, operation: Operation<'store'>): boolean {
  return (
    record.valueText === operation.valueText &&
    record.metadataText === operation.metadataText &&
    record.section === operation.section &&
    record.persona === operation.persona &&
    record.importance === operation.importance &&
    record.expiresAt === operation.expiresAt &&
    JSON.stringify(record.tags) === JSON.stringify(operation.tags)
  );
}

function nameOf(target: Target): string {
  return 'key' in target ? JSON.stringify(target.key) : `with id ${target.id}`;
}
