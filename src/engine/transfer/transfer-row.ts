import type { LinkKind } from '../model/link.ts';
import type { Section } from '../model/section.ts';

/** One memory on its way in or out. Times are Unix milliseconds; texts are canonical JSON, so no number is re-rounded. */
export interface TransferRecord {
  readonly key: string;
  readonly valueText: string;
  readonly metadataText: string;
  readonly tags: readonly string[];
  /** null = let the engine infer it from metadata and key. */
  readonly section: Section | null;
  readonly persona: string | null;
  /** 0..1; null = the default. */
  readonly importance: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly accessedAt: number;
  readonly accessCount: number;
  /** null = never */
  readonly expiresAt: number | null;
}

/** One link between two memories on its way in or out. */
export interface TransferLink {
  readonly from: string;
  readonly to: string;
  readonly kind: LinkKind;
  /** Unix ms */
  readonly createdAt: number;
}

/** What a source holds at one place: a memory, a link, or the reason why none can be read there without changing it. */
export type TransferRow =
  | {
      readonly record: TransferRecord;
      /** What the import keeps less exactly than the source, as a sentence that is the same for all such rows. */
      readonly note?: string | undefined;
    }
  | { readonly link: TransferLink }
  | { readonly failure: RowFailure };

export interface RowFailure {
  /** The key of the memory, or the place in the file (`line 7`) where no key can be read. */
  readonly key: string;
  readonly reason: string;
}

export type TransferSource = AsyncIterable<TransferRow>;

/** Turns an error about one row into its failure. */
export function toFailure(key: string, error: unknown): { readonly failure: RowFailure } {
  return { failure: { key, reason: error instanceof Error ? error.message : String(error) } };
}
