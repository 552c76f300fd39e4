import type {
  AppendInput,
  CommitMode,
  DeleteInput,
  DuplicatePolicy,
  IncrementInput,
  Section,
  StoreInput,
  UpdateInput,
  WriteOptions,
} from '../engine/index.ts';
import { type MemoryBy, toTarget } from './global-id.ts';

/*
 * What the API hands over, and its translation: a GraphQL client may send an explicit null for every optional field,
 * the engine knows null only where it means something (a JSON null, no persona, no expiry).
 */

type Maybe<T> = T | null | undefined;

export interface WriteRequest {
  readonly idempotencyKey?: Maybe<string>;
  readonly awaitIndex?: Maybe<boolean>;
  readonly commitMode?: Maybe<CommitMode>;
}

export interface StoreMemoryFields {
  readonly key: string;
  readonly value?: unknown;
  readonly valueText?: Maybe<string>;
  readonly metadata?: unknown;
  readonly section?: Maybe<Section>;
  readonly persona?: Maybe<string>;
  readonly importance?: Maybe<number>;
  readonly tags?: Maybe<readonly string[]>;
  readonly ttlSeconds?: Maybe<number>;
  readonly ifVersion?: Maybe<number>;
  readonly onDuplicate?: Maybe<DuplicatePolicy>;
}

export interface UpdateMemoryFields {
  readonly by: MemoryBy;
  readonly value?: unknown;
  readonly valueText?: Maybe<string>;
  readonly valuePatch?: unknown;
  readonly metadataPatch?: unknown;
  readonly tags?: Maybe<readonly string[]>;
  readonly section?: Maybe<Section>;
  readonly persona?: Maybe<string>;
  readonly importance?: Maybe<number>;
  readonly ttlSeconds?: Maybe<number>;
  readonly ifVersion?: Maybe<number>;
}

/** A write to a memory that exists. */
export interface TargetedFields {
  readonly by: MemoryBy;
  readonly ifVersion?: Maybe<number>;
}

export interface IncrementFields extends TargetedFields {
  readonly path?: Maybe<string>;
  readonly amount: number;
}

export interface AppendFields extends TargetedFields {
  readonly path?: Maybe<string>;
  readonly items: readonly unknown[];
}

export function toWriteOptions(request: WriteRequest): WriteOptions {
  return {
    idempotencyKey: request.idempotencyKey ?? undefined,
    awaitIndex: request.awaitIndex ?? undefined,
    commitMode: request.commitMode ?? undefined,
  };
}

export function toStoreInput(fields: StoreMemoryFields): StoreInput {
  return {
    key: fields.key,
    ...(fields.value === undefined ? {} : { value: fields.value }),
    valueText: fields.valueText ?? undefined,
    metadata: fields.metadata ?? undefined,
    section: fields.section ?? undefined,
    persona: fields.persona,
    importance: fields.importance ?? undefined,
    tags: fields.tags ?? undefined,
    ttlSeconds: fields.ttlSeconds,
    ifVersion: fields.ifVersion ?? undefined,
    onDuplicate: fields.onDuplicate ?? undefined,
  };
}

export function toUpdateInput(fields: UpdateMemoryFields): UpdateInput {
  return {
    by: toTarget(fields.by),
    ...(fields.value === undefined ? {} : { value: fields.value }),
    valueText: fields.valueText ?? undefined,
    ...(fields.valuePatch === undefined ? {} : { valuePatch: fields.valuePatch }),
    ...(fields.metadataPatch === undefined ? {} : { metadataPatch: fields.metadataPatch }),
    tags: fields.tags ?? undefined,
    section: fields.section ?? undefined,
    persona: fields.persona,
    importance: fields.importance ?? undefined,
    ttlSeconds: fields.ttlSeconds,
    ifVersion: fields.ifVersion ?? undefined,
  };
}

export function toDeleteInput({ by, ifVersion }: TargetedFields): DeleteInput {
  return { by: toTarget(by), ifVersion: ifVersion ?? undefined };
}

export function toIncrementInput(fields: IncrementFields): IncrementInput {
  return { ...toDeleteInput(fields), path: fields.path ?? undefined, amount: fields.amount };
}

export function toAppendInput(fields: AppendFields): AppendInput {
  return { ...toDeleteInput(fields), path: fields.path ?? undefined, items: fields.items };
}
