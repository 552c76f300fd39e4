import type { Section } from './section.ts';

/**
 * One memory as stored and as it crosses threads. Times are Unix milliseconds.
 * `valueText` and `metadataText` are canonical JSON text and stay text until somebody asks for a part.
 */
export interface MemoryRecord {
  /** Unique in the file, never reused. */
  readonly id: number;
  readonly namespace: string;
  readonly key: string;
  readonly valueText: string;
  readonly metadataText: string;
  readonly tags: readonly string[];
  readonly section: Section;
  /** Name of the persona who remembers; null when nobody in particular. */
  readonly persona: string | null;
  /** 0..1 */
  readonly importance: number;
  /** 1 when created, +1 with every change. */
  readonly version: number;
  /** Commit sequence number of the last writer. */
  readonly csn: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Last recall with `touch`; equals createdAt when never recalled. */
  readonly accessedAt: number;
  readonly accessCount: number;
  /** The memory is invisible from this moment on; null = never. */
  readonly expiresAt: number | null;
}

export interface PersonaRecord {
  readonly id: number;
  readonly namespace: string;
  readonly name: string;
  readonly createdAt: number;
}

/** Names one memory inside a namespace. */
export type Target = { readonly key: string } | { readonly id: number };
