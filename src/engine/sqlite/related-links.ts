import type { ReadMap } from '../backends/read-map.ts';
import type { LinkDirection, LinkedRecord } from '../backends/relation-reads.ts';
import type { LinkRecord } from '../model/link.ts';
import type { MemoryRecord, Target } from '../model/memory-record.ts';
import { live } from './apply-operation.ts';
import { isMutual, linksOf } from './links.ts';
import type { StatementCache } from './statement-cache.ts';

type LinksArgs = ReadMap['links']['args'];

/** How a reader finds memories: in the file, or in a transaction's overlay and the file below it. In the order of the targets. */
export type FindRecords = (targets: readonly Target[]) => readonly (MemoryRecord | undefined)[];

/** The visible memories at the other end of a memory's links, the newest link first; null when the memory itself is not visible. */
export function readLinks(
  statements: StatementCache,
  { target, kinds, direction, limit, now }: LinksArgs,
  find: FindRecords,
): ReadMap['links']['result'] {
  const [memory] = find([target]);
  if (live(memory, now) === undefined || memory === undefined) return null;
  const ends = linksOf(statements, memory.id)
    .map((link) => endOf(link, memory.id))
    .filter(({ link }) => kinds.includes(link.kind))
    .filter((end) => inDirection(end.direction, direction))
    .sort(newestFirst);
  const linked: LinkedRecord[] = [];
  // Values may be large: no more are read than are asked for, unless some have expired.
  for (let next = 0; next < ends.length && linked.length < limit; ) {
    const chunk = ends.slice(next, next + limit - linked.length);
    next += chunk.length;
    linked.push(...visible(chunk, find, now));
  }
  return linked;
}

interface LinkEnd {
  readonly link: LinkRecord;
  readonly otherId: number;
  readonly direction: LinkDirection;
}

function endOf(link: LinkRecord, id: number): LinkEnd {
  const outgoing = link.sourceId === id;
  const otherId = outgoing ? link.targetId : link.sourceId;
  if (isMutual(link.kind)) return { link, otherId, direction: 'MUTUAL' };
  return { link, otherId, direction: outgoing ? 'OUTGOING' : 'INCOMING' };
}

function inDirection(direction: LinkDirection, wanted: LinksArgs['direction']): boolean {
  return wanted === null || direction === wanted || direction === 'MUTUAL';
}

/** Equal times: the younger memory first, then by kind, so that the order is total. */
function newestFirst(left: LinkEnd, right: LinkEnd): number {
  return (
    right.link.createdAt - left.link.createdAt ||
    right.otherId - left.otherId ||
    (left.link.kind < right.link.kind ? -1 : 1)
  );
}

function visible(ends: readonly LinkEnd[], find: FindRecords, now: number): LinkedRecord[] {
  const records = find(ends.map(({ otherId }) => ({ id: otherId })));
  return ends.flatMap(({ link, direction }, index): LinkedRecord[] => {
    const record = live(records[index], now);
    if (record === undefined) return [];
    return [{ record, kind: link.kind, direction, since: link.createdAt, csn: link.csn }];
  });
}
