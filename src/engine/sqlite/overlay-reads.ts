import type { ReadMap } from '../backends/backend.ts';
import { compareInOrder } from '../search/order-compare.ts';
import { mergeRankedText } from '../search/rank.ts';
import { live } from './apply-operation.ts';
import { listMemories } from './list.ts';
import type { Overlay } from './overlay.ts';
import { recallText } from './recall-text.ts';
import { OVERLAY_SOURCE, UNTOUCHED_SOURCE } from './record-source.ts';
import type { StatementCache } from './statement-cache.ts';

/*
 * Reads of a transaction: what it did not touch comes from the file, what it wrote from the overlay, and both are
 * merged in the order asked for. Two indexed queries and a merge instead of one query over a UNION, which SQLite would
 * materialise for every join.
 */

export function getOverlaid(
  overlay: Overlay,
  args: ReadMap['getMany']['args'],
): ReadMap['getMany']['result'] {
  return args.targets.map((target) => live(overlay.find(args.namespace, target), args.now) ?? null);
}

export function listOverlaid(
  statements: StatementCache,
  overlay: Overlay,
  args: ReadMap['list']['args'],
): ReadMap['list']['result'] {
  const untouched = listMemories(statements, args, UNTOUCHED_SOURCE);
  if (overlay.empty) return untouched;
  const own = listMemories(statements, args, OVERLAY_SOURCE);
  const merged = [...untouched.records, ...own.records].sort(compareInOrder(args.order));
  return {
    records: args.fromEnd
      ? merged.slice(-args.limit || merged.length)
      : merged.slice(0, args.limit),
    hasMore: untouched.hasMore || own.hasMore || merged.length > args.limit,
    total: untouched.total === null ? null : untouched.total + (own.total ?? 0),
  };
}

/**
 * bm25 of the small overlay and of the whole file are not comparable (the rarity of a term differs), so each
 * list is ranked apart, and the overlay's best text stands level with the file's best one.
 */
export function recallOverlaid(
  statements: StatementCache,
  overlay: Overlay,
  args: ReadMap['recallText']['args'],
): ReadMap['recallText']['result'] {
  const untouched = recallText(statements, args, UNTOUCHED_SOURCE);
  if (overlay.empty) return untouched;
  overlay.indexText();
  const own = recallText(statements, args, OVERLAY_SOURCE);
  return { hits: mergeRankedText(untouched.hits, own.hits, args.limit, args.now) };
}
