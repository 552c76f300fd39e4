import type { Scope } from './engine-parts.ts';
import { MemorySystemError } from './errors.ts';
import { readInteger } from './field-rules.ts';
import { requestHash } from './idempotency.ts';
import type { ImportedLink, ImportOutcome } from './import-operations.ts';
import { inChunks } from './in-chunks.ts';
import { IssueCollector } from './issue-collector.ts';
import type { LinkInput, LinkResult } from './link-operations.ts';
import { Memory } from './memory.ts';
import type { LinkOutcome, OperationOutcome } from './model/unit-outcome.ts';
import { normaliseLink } from './normalise-plain-writes.ts';
import { toMemoryError } from './operation-runner.ts';
import type { WriteOptions } from './write-operations.ts';
import { readWriteTerms, writeUnit } from './write-unit.ts';

/** Makes a link; one that is there already stays as it is. */
export function link(scope: Scope, input: LinkInput, options?: WriteOptions): Promise<LinkResult> {
  return writeLink(scope, 'link', input, options);
}

/** Removes a link; without one nothing happens, so that a request can be repeated. */
export function unlink(
  scope: Scope,
  input: LinkInput,
  options?: WriteOptions,
): Promise<LinkResult> {
  return writeLink(scope, 'unlink', input, options);
}

/**
 * Makes links with the times they had elsewhere, each on its own and in their order; one that is here already is skipped
 * and keeps its time.
 */
export async function importLinks(
  scope: Scope,
  links: readonly ImportedLink[],
): Promise<readonly ImportOutcome[]> {
  const { batchSize } = scope.engine.options;
  return await inChunks(links, batchSize, async ({ from, to, kind, createdAt }, index) => {
    const now = Date.now();
    try {
      const issues = new IssueCollector();
      const path = ['links', String(index)];
      const ends = { from: { key: from }, to: { key: to }, kind };
      const { operation, ...write } = normaliseLink(issues, 'link', ends, path);
      const time = readInteger(issues, createdAt, [...path, 'createdAt'], 0);
      const terms = readWriteTerms(issues, undefined, scope.engine, now);
      issues.throwIfAny();
      const timed = { ...write, operation: { ...operation, createdAt: time } };
      const { outcomes } = await writeUnit(scope, [timed], terms);
      return linkOutcomeOf(outcomes).changed ? 'imported' : 'skipped';
    } catch (error) {
      return toMemoryError('import', error);
    }
  });
}

/** What became of a link, without its place in a request. */
export function toLinkChange(outcome: LinkOutcome): Omit<LinkResult, 'replayed'> {
  return {
    from: new Memory(outcome.from),
    to: new Memory(outcome.to),
    kind: outcome.link,
    changed: outcome.changed,
    since: outcome.since === null ? null : new Date(outcome.since),
  };
}

async function writeLink(
  scope: Scope,
  kind: 'link' | 'unlink',
  input: LinkInput,
  options: WriteOptions | undefined,
): Promise<LinkResult> {
  const now = Date.now();
  const issues = new IssueCollector();
  const write = normaliseLink(issues, kind, input, []);
  const terms = readWriteTerms(issues, options, scope.engine, now);
  issues.throwIfAny();
  const key = terms.idempotencyKey;
  const idempotency =
    key === null ? undefined : { key, requestHash: requestHash(kind, write.request) };
  const { outcomes, replayed } = await writeUnit(scope, [write], terms, idempotency);
  return { ...toLinkChange(linkOutcomeOf(outcomes)), replayed };
}

function linkOutcomeOf([outcome]: readonly OperationOutcome[]): LinkOutcome {
  if (outcome?.kind === 'linked' || outcome?.kind === 'unlinked') return outcome;
  throw new MemorySystemError('the backend answered no outcome for a link');
}
