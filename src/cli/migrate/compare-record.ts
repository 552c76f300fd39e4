import type { Memory, TransferRecord } from '../../engine/index.ts';

/** The fields in which a stored memory differs from what was to be stored; what the source left open may be anything. */
export function differingFields(wanted: TransferRecord, memory: Memory | null): readonly string[] {
  if (memory === null) return ['key'];
  const stored = memory.toRecord();
  const tags = new Set(wanted.tags.map((tag) => tag.normalize('NFC')));
  const same: Readonly<Record<string, boolean>> = {
    value: stored.valueText === wanted.valueText,
    metadata: stored.metadataText === wanted.metadataText,
    tags: stored.tags.length === tags.size && stored.tags.every((tag) => tags.has(tag)),
    section: wanted.section === null || stored.section === wanted.section,
    persona: stored.persona === wanted.persona,
    importance: wanted.importance === null || stored.importance === wanted.importance,
    createdAt: stored.createdAt === wanted.createdAt,
    accessedAt: stored.accessedAt === wanted.accessedAt,
    accessCount: stored.accessCount === wanted.accessCount,
  };
  return Object.keys(same).filter((field) => same[field] === false);
}
