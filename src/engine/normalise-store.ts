import {
  isGiven,
  readImportance,
  readOneOf,
  readPersona,
  readSection,
  readTags,
  readText,
  readTtl,
} from './field-rules.ts';
import type { IssueCollector } from './issue-collector.ts';
import { readJson, readObject } from './json-input.ts';
import { MAX_METADATA_BYTES } from './limits.ts';
import { DUPLICATE_POLICIES } from './model/duplicate.ts';
import type { ImportedHistory } from './model/write-operation.ts';
import { type NormalisedWrite, sizeOf } from './normalised-write.ts';
import { inferSection } from './section-inference.ts';
import { expiry, readIfVersion, readValue } from './write-fields.ts';
import type { StoreInput } from './write-operations.ts';

/** Checks a store; issues are reported under `path`. `now` is the caller's clock in Unix ms. */
export function normaliseStore(
  issues: IssueCollector,
  input: StoreInput,
  path: readonly string[],
  now: number,
  imported?: ImportedHistory,
): NormalisedWrite {
  const key = readText(issues, input.key, [...path, 'key'], 'key');
  const valueText = readValue(issues, input, path);
  const metadataPath = [...path, 'metadata'];
  const metadata = readObject(issues, input.metadata ?? {}, metadataPath);
  const metadataText = readJson(issues, metadata, metadataPath, MAX_METADATA_BYTES);
  /** v4 callers say these in the metadata; what is given explicitly wins. */
  const pick = <T>(name: 'persona' | 'importance' | 'tags', read: FieldReader<T>, absent: T): T => {
    if (input[name] !== undefined && input[name] !== null)
      return read(issues, input[name], [...path, name]);
    if (input[name] === null && name === 'persona') return absent;
    const inherited = metadata[name] ?? null;
    return inherited === null ? absent : read(issues, inherited, [...metadataPath, name]);
  };
  const persona = pick('persona', readPersona, null);
  const importance = pick('importance', readImportance, 0.5);
  const tags = pick('tags', readTags, []);
  const section = isGiven(input.section)
    ? readSection(issues, input.section, [...path, 'section'])
    : inferSection(issues, key, metadata, metadataPath);
  const ttlSeconds = isGiven(input.ttlSeconds)
    ? readTtl(issues, input.ttlSeconds, [...path, 'ttlSeconds'])
    : null;
  const ifVersion = readIfVersion(issues, input.ifVersion, path);
  const onDuplicate = isGiven(input.onDuplicate)
    ? readOneOf(issues, input.onDuplicate, [...path, 'onDuplicate'], DUPLICATE_POLICIES)
    : undefined;
  const said = {
    kind: 'store',
    key,
    valueText,
    metadataText,
    tags,
    section,
    persona,
    importance,
    ifVersion,
    onDuplicate,
  } as const;
  return {
    operation: {
      ...said,
      expiresAt: ttlSeconds === null ? null : expiry(now, ttlSeconds),
      imported,
    },
    request: { ...said, ttlSeconds },
    bytes: sizeOf([key, valueText, metadataText, ...tags]),
  };
}

type FieldReader<T> = (issues: IssueCollector, value: unknown, path: readonly string[]) => T;
