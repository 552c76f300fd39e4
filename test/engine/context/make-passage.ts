import { type Candidate, type Passage, toPassage } from '../../../src/engine/context/passage.ts';
import { type JsonValue, Memory, type Section } from '../../../src/engine/index.ts';

export interface MemoryParts {
  readonly id: number;
  readonly key?: string | undefined;
  readonly value: JsonValue;
  readonly section?: Section | undefined;
  readonly persona?: string | null | undefined;
  /** Unix ms */
  readonly createdAt?: number | undefined;
  readonly updatedAt?: number | undefined;
  readonly relevance?: number | undefined;
}

/** A memory that no store holds. */
export function makeCandidate(parts: MemoryParts): Candidate {
  const createdAt = parts.createdAt ?? Date.UTC(2026, 0, 1) + parts.id * 60_000;
  const memory = new Memory({
    id: parts.id,
    namespace: 'default',
    key: parts.key ?? `key_${parts.id}`,
    valueText: JSON.stringify(parts.value),
    metadataText: '{}',
    tags: [],
    section: parts.section ?? 'semantic_memory',
    persona: parts.persona ?? null,
    importance: 0.5,
    version: 1,
    csn: 1,
    createdAt,
    updatedAt: parts.updatedAt ?? createdAt,
    accessedAt: createdAt,
    accessCount: 0,
    expiresAt: null,
  });
  return { memory, relevance: parts.relevance ?? 0.5 };
}

export function makePassage(parts: MemoryParts, asker = 'athena'): Passage {
  return toPassage(makeCandidate(parts), asker);
}
