import type { Section } from '../model/section.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { MemoryOutcome, UnitOutcome } from '../model/unit-outcome.ts';
import type { WriteOperation } from '../model/write-operation.ts';

/*
 * A unit that stores one memory and asks for nothing else, and its outcome, as lists: the names of 30 fields and what the main thread knows
 * already would be most of what crosses threads (CPU of both together for each store: 9 µs as objects, 2 as lists). Any other unit crosses as it is.
 */

type Store = Extract<WriteOperation, { kind: 'store' }>;

export type PackedStore = readonly [
  txid: string,
  namespace: string,
  deadline: number,
  now: number,
  key: string,
  valueText: string,
  metadataText: string,
  tags: readonly string[],
  section: Section,
  persona: string | null,
  importance: number,
  expiresAt: number | null,
];

export type PackedOutcome = readonly [
  isNew: boolean,
  csn: number,
  seq: number,
  id: number,
  version: number,
  createdAt: number,
  updatedAt: number,
  accessedAt: number,
  accessCount: number,
];

type Absent<T, Carried extends keyof T> = { readonly [K in Exclude<keyof T, Carried>]-?: true };

/** What a list has no place for; the types name each field that is added one day. `commitMode` is for the main thread alone. */
const UNIT_EXTRAS = namesOf<
  Absent<WriteUnit, 'txid' | 'namespace' | 'operations' | 'deadline' | 'now' | 'commitMode'>
>({ idempotency: true, innerRequests: true, validation: true, participation: true });
const STORE_EXTRAS = namesOf<
  Absent<Store, Exclude<keyof Store, 'ifVersion' | 'newId' | 'imported' | 'onDuplicate'>>
>({ ifVersion: true, newId: true, imported: true, onDuplicate: true });

export function packStore(unit: WriteUnit): WriteUnit | PackedStore {
  const [store] = unit.operations;
  if (store?.kind !== 'store' || unit.operations.length > 1) return unit;
  if (UNIT_EXTRAS.some((name) => unit[name] !== undefined)) return unit;
  if (STORE_EXTRAS.some((name) => store[name] !== undefined)) return unit;
  return [
    unit.txid,
    unit.namespace,
    unit.deadline,
    unit.now,
    store.key,
    store.valueText,
    store.metadataText,
    store.tags,
    store.section,
    store.persona,
    store.importance,
    store.expiresAt,
  ];
}

export function unpackStore(packed: WriteUnit | PackedStore): WriteUnit {
  if (!isList(packed)) return packed;
  const [txid, namespace, deadline, now, ...fields] = packed;
  const [key, valueText, metadataText, tags, section, persona, importance, expiresAt] = fields;
  const texts = { key, valueText, metadataText, tags };
  return {
    txid,
    namespace,
    operations: [{ kind: 'store', ...texts, section, persona, importance, expiresAt }],
    deadline,
    now,
  };
}

/** Of a unit that was packed; as it is when there is more to tell than what became of the memory. */
export function packOutcome(outcome: UnitOutcome): UnitOutcome | PackedOutcome {
  const [done] = outcome.outcomes;
  if (done?.kind !== 'created' && done?.kind !== 'updated') return outcome;
  if (outcome.outbox !== undefined || outcome.pending !== undefined) return outcome;
  const { id, version, createdAt, updatedAt, accessedAt, accessCount } = done.record;
  const isNew = done.kind === 'created';
  const { csn } = outcome;
  return [isNew, csn, done.seq, id, version, createdAt, updatedAt, accessedAt, accessCount];
}

/** `unit` is the one that was packed. */
export function unpackOutcome(
  packed: UnitOutcome | PackedOutcome,
  { namespace, operations: [store] }: WriteUnit,
): UnitOutcome {
  if (!isList(packed)) return packed;
  const { key, valueText, metadataText, tags, section, persona, importance, expiresAt } =
    store as Store;
  const [isNew, csn, seq, id, version, createdAt, updatedAt, accessedAt, accessCount] = packed;
  const outcome: MemoryOutcome = {
    kind: isNew ? 'created' : 'updated',
    record: {
      id,
      namespace,
      key,
      valueText,
      metadataText,
      tags,
      section,
      persona,
      importance,
      version,
      csn,
      createdAt,
      updatedAt,
      accessedAt,
      accessCount,
      expiresAt,
    },
    seq,
  };
  return { csn, outcomes: [outcome], replayed: false };
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function namesOf<T extends object>(names: T): readonly (keyof T)[] {
  return Object.keys(names) as (keyof T)[];
}
