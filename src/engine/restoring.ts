import { byteLengthOf } from './json-input.ts';
import type { MemoryRecord, Target } from './model/memory-record.ts';
import type { NormalisedWrite } from './normalised-write.ts';

/** No memory ever has it. */
const NO_VERSION = -1;

/** A store of what a version held. An expiry in the past would hide the memory at once, so it is left out. */
export function restoring(
  record: MemoryRecord,
  { ifVersion, now }: { readonly ifVersion: number | undefined; readonly now: number },
): NormalisedWrite {
  const { key, valueText, metadataText, tags, section, persona, importance, expiresAt } = record;
  const operation = {
    kind: 'store',
    key,
    valueText,
    metadataText,
    tags,
    section,
    persona,
    importance,
    expiresAt: expiresAt !== null && expiresAt > now ? expiresAt : null,
    ifVersion,
  } as const;
  return {
    operation,
    request: operation,
    bytes: byteLengthOf(key) + byteLengthOf(valueText) + byteLengthOf(metadataText),
  };
}

/**
 * A write that always fails with a VersionConflictError, unless its idempotency key replays an earlier answer: so a
 * repeated request is answered as the first time even when the log was trimmed in between.
 */
export function versionGuard(target: Target): NormalisedWrite {
  const operation = { kind: 'assert', target, version: NO_VERSION } as const;
  return { operation, request: operation, bytes: 0 };
}
