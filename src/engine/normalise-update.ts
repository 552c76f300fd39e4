import {
  isGiven,
  readImportance,
  readPersona,
  readSection,
  readTags,
  readTtl,
} from './field-rules.ts';
import type { IssueCollector } from './issue-collector.ts';
import { readJson, readObject } from './json-input.ts';
import { MAX_METADATA_BYTES, MAX_VALUE_BYTES } from './limits.ts';
import { type NormalisedWrite, sizeOf } from './normalised-write.ts';
import { readTarget } from './read-target.ts';
import { expiry, readIfVersion, readValue } from './write-fields.ts';
import type { UpdateInput } from './write-operations.ts';

/** Checks an update: exactly the fields given change; `null` for ttlSeconds removes the expiry, for persona the persona. */
export function normaliseUpdate(
  issues: IssueCollector,
  input: UpdateInput,
  path: readonly string[],
  now: number,
): NormalisedWrite {
  const ways = [input.value, input.valueText ?? undefined, input.valuePatch].filter(
    (way) => way !== undefined,
  );
  if (ways.length > 1) issues.add(path, 'give only one of value, valueText and valuePatch');
  const changes = {
    valueText:
      ways.length === 1 && input.valuePatch === undefined
        ? readValue(issues, input, path)
        : undefined,
    valuePatchText:
      input.valuePatch === undefined
        ? undefined
        : readJson(issues, input.valuePatch, [...path, 'valuePatch'], MAX_VALUE_BYTES),
    metadataPatchText: isGiven(input.metadataPatch)
      ? readMetadataPatch(issues, input.metadataPatch, path)
      : undefined,
    tags: isGiven(input.tags) ? readTags(issues, input.tags, [...path, 'tags']) : undefined,
    section: isGiven(input.section)
      ? readSection(issues, input.section, [...path, 'section'])
      : undefined,
    persona:
      input.persona === undefined
        ? undefined
        : readPersona(issues, input.persona, [...path, 'persona']),
    importance: isGiven(input.importance)
      ? readImportance(issues, input.importance, [...path, 'importance'])
      : undefined,
  };
  const ttlSeconds = isGiven(input.ttlSeconds)
    ? readTtl(issues, input.ttlSeconds, [...path, 'ttlSeconds'])
    : input.ttlSeconds;
  if (ttlSeconds === undefined && Object.values(changes).every((change) => change === undefined)) {
    issues.add(path, 'nothing to change is given');
  }
  const said = {
    kind: 'update',
    target: readTarget(issues, input.by, [...path, 'by']),
    ...changes,
    ifVersion: readIfVersion(issues, input.ifVersion, path),
  } as const;
  const expiresAt = isGiven(ttlSeconds) ? expiry(now, ttlSeconds) : ttlSeconds;
  return {
    operation: { ...said, expiresAt },
    request: { ...said, ttlSeconds },
    bytes: sizeOf([
      changes.valueText,
      changes.valuePatchText,
      changes.metadataPatchText,
      ...(changes.tags ?? []),
    ]),
  };
}

function readMetadataPatch(
  issues: IssueCollector,
  patch: unknown,
  path: readonly string[],
): string {
  const patchPath = [...path, 'metadataPatch'];
  return readJson(issues, readObject(issues, patch, patchPath), patchPath, MAX_METADATA_BYTES);
}
