import { ValidationError } from '../errors.ts';
import { MAX_LINKS_PER_MEMORY, MAX_SUPERSEDES_CHAIN } from '../limits.ts';
import type { LinkRecord } from '../model/link.ts';
import type { MemoryRecord } from '../model/memory-record.ts';
import type { LinkOutcome } from '../model/unit-outcome.ts';
import type { WriteOperation } from '../model/write-operation.ts';
import { existing, type OperationContext } from './apply-operation.ts';
import { countLinks, findLink, isSupersededBy, linkKey } from './links.ts';

export type LinkOperation = Extract<WriteOperation, { kind: 'link' | 'unlink' }>;

/** What an operation does to one link. */
export interface LinkEffect {
  readonly kind: LinkOutcome['kind'];
  /** False: it is so already. */
  readonly changed: boolean;
  /** The row to write or to remove. */
  readonly link: LinkRecord;
  readonly from: MemoryRecord;
  readonly to: MemoryRecord;
  readonly since: number | null;
}

/** Decides what an operation does to a link, without doing it. Errors: NotFoundError, ValidationError. */
export function linkEffectOf(operation: LinkOperation, context: OperationContext): LinkEffect {
  const from = existing(operation.from, undefined, context);
  const to = existing(operation.to, undefined, context);
  if (from.id === to.id) throw refused(context, 'is the memory itself, which links to others only');
  const key = linkKey(from.id, operation.link, to.id);
  const found = findLink(context.statements, key);
  const since = found?.createdAt ?? null;
  const imported = operation.kind === 'link' ? operation.createdAt : undefined;
  const createdAt = imported ?? context.now;
  const link = found ?? { ...key, createdAt, csn: context.csn };
  if (operation.kind === 'unlink')
    return { kind: 'unlinked', changed: found !== undefined, link, from, to, since };
  if (found !== undefined) return { kind: 'linked', changed: false, link, from, to, since };
  checkNewLink(context, from, to, operation.link);
  return { kind: 'linked', changed: true, link, from, to, since: createdAt };
}

/** The links from a new memory to those that it supersedes; nothing can supersede it yet. */
export function supersedingLinks(
  context: OperationContext,
  record: MemoryRecord,
  supersededIds: readonly number[],
): readonly LinkRecord[] {
  for (const id of supersededIds) checkRoom(context, id);
  return supersededIds.map((id) => ({
    ...linkKey(record.id, 'supersedes', id),
    createdAt: context.now,
    csn: context.csn,
  }));
}

export function toLinkOutcome(effect: LinkEffect, seq: number): LinkOutcome {
  const { kind, changed, link, from, to, since } = effect;
  return { kind, changed, link: link.kind, from, to, since, record: null, seq };
}

function checkNewLink(
  context: OperationContext,
  from: MemoryRecord,
  to: MemoryRecord,
  kind: LinkRecord['kind'],
): void {
  for (const { id } of [from, to]) checkRoom(context, id);
  if (kind !== 'supersedes') return;
  const cycle = isSupersededBy(context.statements, from.id, to.id, MAX_SUPERSEDES_CHAIN);
  if (cycle === true) throw refused(context, 'supersedes the other memory already');
  if (cycle === undefined)
    throw refused(context, `stands above a chain of more than ${MAX_SUPERSEDES_CHAIN} memories`);
}

function checkRoom(context: OperationContext, id: number): void {
  if (countLinks(context.statements, id) < MAX_LINKS_PER_MEMORY) return;
  throw new ValidationError(
    [{ path: context.path, message: `memory ${id} has ${MAX_LINKS_PER_MEMORY} links already` }],
    { remedy: 'Remove some of its links, or keep the relation as a memory of its own.' },
  );
}

function refused({ path }: OperationContext, message: string): ValidationError {
  return new ValidationError([{ path: [...path, 'to'], message }]);
}
