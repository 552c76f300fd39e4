import type { ReadMap } from '../backends/read-map.ts';
import { type Candidate, textTotal } from '../search/fuse.ts';
import { compareInOrder } from '../search/order-compare.ts';
import { live } from './apply-operation.ts';
import { listMemories } from './list.ts';
import type { Overlay } from './overlay.ts';
import type { OwnVectors } from './own-vectors.ts';
import { candidatesOf, toMatches, unite } from './recall.ts';
import { RecallScope } from './recall-scope.ts';
import { OVERLAY_SOURCE, UNTOUCHED_SOURCE } from './record-source.ts';
import { readLinks } from './related-links.ts';
import type { StatementCache } from './statement-cache.ts';
import { TermCounts } from './term-counts.ts';
import { textArm } from './text-arm.ts';

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

export function linksOverlaid(
  statements: StatementCache,
  overlay: Overlay,
  args: ReadMap['links']['args'],
): ReadMap['links']['result'] {
  return readLinks(statements, args, (targets) =>
    targets.map((target) => overlay.find(args.namespace, target)),
  );
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
 * Recall of a transaction: candidates of what it has not touched and of its own writes, fused together. bm25 of the small overlay and
 * of the whole file are not comparable (the rarity of a term differs), so the overlay's best text is set level with the file's best
 * one. Own writes have vectors when the embedder is an instant one, and neither lend nor borrow context.
 */
export function recallOverlaid(
  statements: StatementCache,
  overlay: Overlay,
  args: ReadMap['recall']['args'],
  ownVectors: OwnVectors,
): ReadMap['recall']['result'] {
  const untouched = new RecallScope(statements, args, UNTOUCHED_SOURCE);
  const found = candidatesOf(untouched, new TermCounts());
  if (overlay.empty) return toMatches(untouched, found, [UNTOUCHED_SOURCE]);
  const { candidates } = found;
  const own = ownCandidates(
    new RecallScope(statements, args, OVERLAY_SOURCE),
    overlay,
    ownVectors,
    candidates,
  );
  const all = [...candidates, ...levelled(own, candidates)];
  return toMatches(untouched, { ...found, candidates: all }, [UNTOUCHED_SOURCE, OVERLAY_SOURCE]);
}

function ownCandidates(
  scope: RecallScope,
  overlay: Overlay,
  ownVectors: OwnVectors,
  others: readonly Candidate[],
): readonly Candidate[] {
  const { query, vectors } = scope.args;
  overlay.indexText();
  const { matches, asked } = query === null ? NOTHING : textArm(scope, new TermCounts());
  const words = matches.map(({ id, importance, updatedAt, named, bm25, found }) => ({
    id,
    importance,
    updatedAt,
    named,
    text: { bm25, context: 0, coverage: found / asked },
  }));
  const meanings = vectors.map((vector) => ({
    model: vector.model,
    matches: ownVectors.similar(scope, vector),
    background:
      others.find(({ semantic }) => semantic?.model === vector.model)?.semantic?.background ?? 0,
  }));
  return unite(words, meanings);
}

const NOTHING = { matches: [], asked: 1 } as const;

function levelled(own: readonly Candidate[], others: readonly Candidate[]): readonly Candidate[] {
  const scale = bestText(others) / bestText(own);
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) return own;
  return own.map((candidate) => {
    const { text } = candidate;
    return text === null ? candidate : { ...candidate, text: { ...text, bm25: text.bm25 * scale } };
  });
}

function bestText(candidates: readonly Candidate[]): number {
  return candidates.reduce(
    (best, { text }) => Math.max(best, text === null ? 0 : textTotal(text)),
    0,
  );
}
