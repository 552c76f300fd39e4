import type { DuplicatePolicy } from './duplicate.ts';
import type { JsonPath } from './json-value.ts';
import type { LinkKind } from './link.ts';
import type { MemoryRecord, Target } from './memory-record.ts';
import type { Section } from './section.ts';

/** What a store writes; texts are canonical JSON, names are validated and NFC. */
export type StoreFields = Pick<
  MemoryRecord,
  'key' | 'valueText' | 'metadataText' | 'tags' | 'section' | 'persona' | 'importance' | 'expiresAt'
>;

/** Times and counters carried over by an import; absent for ordinary stores. */
export interface ImportedHistory {
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly accessedAt: number;
  readonly accessCount: number;
}

/** Names one link. */
export interface LinkFields {
  readonly from: Target;
  readonly to: Target;
  readonly link: LinkKind;
}

/** One step of a unit of work, applied by the writer in order on the newest committed state. */
export type WriteOperation =
  | ({
      readonly kind: 'store';
      readonly ifVersion?: number | undefined;
      /** Id reserved for the memory if it does not exist yet; absent: the writer gives one. */
      readonly newId?: number | undefined;
      readonly imported?: ImportedHistory | undefined;
      /** Decided by the writer when the key is new; absent: duplicates are not looked for. */
      readonly onDuplicate?: DuplicatePolicy | undefined;
    } & StoreFields)
  | {
      readonly kind: 'update';
      readonly target: Target;
      readonly ifVersion?: number | undefined;
      /** Replaces the value. */
      readonly valueText?: string | undefined;
      /** RFC 7396 merge patch on the value. */
      readonly valuePatchText?: string | undefined;
      /** RFC 7396 merge patch on the metadata. */
      readonly metadataPatchText?: string | undefined;
      readonly tags?: readonly string[] | undefined;
      readonly section?: Section | undefined;
      readonly persona?: string | null | undefined;
      readonly importance?: number | undefined;
      readonly expiresAt?: number | null | undefined;
    }
  | {
      readonly kind: 'increment';
      readonly target: Target;
      /** Segments of the path into the value; empty = the value itself. */
      readonly path: JsonPath;
      readonly by: number;
      readonly ifVersion?: number | undefined;
    }
  | {
      readonly kind: 'append';
      readonly target: Target;
      readonly path: JsonPath;
      /** JSON text of the items to append, an array. */
      readonly itemsText: string;
      readonly ifVersion?: number | undefined;
    }
  | { readonly kind: 'delete'; readonly target: Target; readonly ifVersion?: number | undefined }
  /** Linking what is linked changes nothing. */
  | ({ readonly kind: 'link'; readonly createdAt?: number | undefined } & LinkFields)
  /** Unlinking what is not linked changes nothing. */
  | ({ readonly kind: 'unlink' } & LinkFields)
  /** Changes nothing; fails the unit unless the version is current (0 = must not exist). */
  | { readonly kind: 'assert'; readonly target: Target; readonly version: number };
