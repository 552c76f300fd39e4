/** What a store does about memories that say the same under other keys. */
export const DUPLICATE_POLICIES = ['keep', 'return_existing', 'supersede'] as const;

export type DuplicatePolicy = (typeof DUPLICATE_POLICIES)[number];

/** A memory that says the same, or nearly the same, as one that is being stored. */
export interface Duplicate {
  readonly id: number;
  readonly key: string;
  /** 0..1; 1 when exact. */
  readonly similarity: number;
  /** The same text but for case, white space and compatible forms of characters. */
  readonly exact: boolean;
}
