/**
 * How two memories are linked, read from the first to the second; `relates` and `contradicts` hold in both directions.
 * A memory that another one supersedes is hidden from recall.
 */
export const LINK_KINDS = ['relates', 'supersedes', 'contradicts', 'derived_from'] as const;

export type LinkKind = (typeof LINK_KINDS)[number];

/** A link as stored; a kind that holds in both directions goes from the smaller id to the larger. */
export interface LinkRecord {
  readonly sourceId: number;
  readonly kind: LinkKind;
  readonly targetId: number;
  /** Unix ms */
  readonly createdAt: number;
  /** Commit sequence number of the unit that made it. */
  readonly csn: number;
}
