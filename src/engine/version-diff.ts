import { VERSIONED_FIELDS, type VersionDiff, type VersionedField } from './history-operations.ts';
import { diffJson } from './json-diff.ts';
import type { Memory } from './memory.ts';

/** What differs between two versions; value and metadata are compared as JSON, so `1.0` equals `1`. */
export function diffVersions(from: Memory, to: Memory): VersionDiff {
  const value = diffJson(from.value, to.value);
  const metadata = diffJson(from.metadata, to.metadata);
  const differs = (field: VersionedField): boolean => {
    switch (field) {
      case 'value':
        return value.length > 0;
      case 'metadata':
        return metadata.length > 0;
      case 'tags':
        return from.tags.join('\0') !== to.tags.join('\0');
      case 'expiresAt':
        return from.expiresAt?.getTime() !== to.expiresAt?.getTime();
      case 'section':
      case 'persona':
      case 'importance':
        return from[field] !== to[field];
    }
  };
  return { from, to, changed: VERSIONED_FIELDS.filter(differs), value, metadata };
}
