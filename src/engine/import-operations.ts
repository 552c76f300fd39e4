import type { LinkKind } from './model/link.ts';
import type { ImportedHistory } from './model/write-operation.ts';
import type { StoreInput } from './write-operations.ts';

/** A memory from elsewhere with the times and counters it had there. */
export interface ImportItem {
  readonly fields: StoreInput;
  readonly history: ImportedHistory;
  /** Exact JSON text of the metadata, for numbers a JS number cannot hold; `fields.metadata` holds the same. */
  readonly metadataText?: string | undefined;
  /** Unix ms; `fields.ttlSeconds` could only say it relative to now. */
  readonly expiresAt?: number | null | undefined;
}
/** `skipped`: the same content was here already, nothing changed. */
export type ImportOutcome = 'imported' | 'skipped' | Error;

/** A link from elsewhere with the time it had there. */
export interface ImportedLink {
  readonly from: string;
  readonly to: string;
  readonly kind: LinkKind;
  /** Unix ms */
  readonly createdAt: number;
}

/** What a transfer writes with. */
export interface ImportOperations {
  /** Per item, in the order of the items; at most 10,000 items. Existing memories with other content are updated. */
  importRecords(items: readonly ImportItem[]): Promise<readonly ImportOutcome[]>;
  /** The same for links between memories that are here; those that exist already are skipped. */
  importLinks(links: readonly ImportedLink[]): Promise<readonly ImportOutcome[]>;
}
