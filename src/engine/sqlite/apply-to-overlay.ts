import { MemorySystemError } from '../errors.ts';
import type { LinkOutcome, OperationOutcome } from '../model/unit-outcome.ts';
import type { WriteOperation } from '../model/write-operation.ts';
import { type LinkOperation, linkEffectOf, supersedingLinks, toLinkOutcome } from './apply-link.ts';
import { type Effect, effectOf, type OperationContext } from './apply-operation.ts';
import { withDuplicates } from './duplicates.ts';
import type { Overlay } from './overlay.ts';
import type { StatementCache } from './statement-cache.ts';

/** Where a transaction writes. */
export interface OverlayScope {
  readonly statements: StatementCache;
  readonly overlay: Overlay;
  readonly namespace: string;
}

/** All of them or none; `now` is Unix ms. */
export function applyAllToOverlay(
  scope: OverlayScope,
  operations: readonly WriteOperation[],
  now: number,
): readonly OperationOutcome[] {
  const several = operations.length > 1;
  const run = (): readonly OperationOutcome[] =>
    operations.map((operation, index) => {
      const path = several ? ['operations', String(index)] : [];
      try {
        return applyToOverlay(scope, operation, now, path);
      } catch (error) {
        throw several && error instanceof MemorySystemError ? error.atOperation(index) : error;
      }
    });
  // A lone operation decides whether it fails before it writes anything.
  return operations.length === 1 ? run() : scope.overlay.atomically(run);
}

/** The outcome is what the writer would answer if it committed now. */
export function applyToOverlay(
  scope: OverlayScope,
  operation: WriteOperation,
  now: number,
  path: readonly string[],
): OperationOutcome {
  const context = contextOf(scope, now, path);
  return operation.kind === 'link' || operation.kind === 'unlink'
    ? performLink(scope, operation, context)
    : perform(scope, effectOf(operation, context), context);
}

function contextOf(
  { statements, overlay, namespace }: OverlayScope,
  now: number,
  path: readonly string[],
): OperationContext {
  return {
    statements,
    namespace,
    now,
    csn: 0,
    path,
    find: (target) => overlay.find(namespace, target),
    // Ids of new memories are reserved before they come here; without a reservation the row stays provisional.
    nextId: () => overlay.provisionalId,
    findDuplicates: ({ key, valueText, section, persona }) =>
      overlay.findDuplicates({ namespace, key, valueText, section, persona, now }),
  };
}

function performLink(
  { overlay, namespace }: OverlayScope,
  operation: LinkOperation,
  context: OperationContext,
): LinkOutcome {
  const effect = linkEffectOf(operation, context);
  overlay.rememberLink(effect.link);
  if (effect.changed) overlay.putLink(namespace, effect.link, effect.kind === 'linked');
  return toLinkOutcome(effect, 0);
}

function perform(
  { overlay }: OverlayScope,
  effect: Effect,
  context: OperationContext,
): OperationOutcome {
  const { namespace, now } = context;
  switch (effect.kind) {
    case 'created': {
      const { after, expired, duplicates, supersededIds } = effect;
      if (expired !== undefined) overlay.put(expired, false, now);
      overlay.put(after, true, now);
      for (const link of supersedingLinks(context, after, supersededIds))
        overlay.putLink(namespace, link, true);
      return withDuplicates({ kind: 'created', record: after, seq: 0 }, duplicates);
    }
    case 'updated':
      overlay.put(effect.after, true, now);
      return { kind: 'updated', record: effect.after, seq: 0 };
    case 'deleted':
      overlay.put(effect.before, false, now);
      return { kind: 'deleted', record: effect.before, seq: 0 };
    case 'unchanged':
      return withDuplicates(
        { kind: 'unchanged', record: effect.record, seq: 0 },
        effect.duplicates,
      );
    case 'asserted':
      return { kind: 'asserted', record: null, seq: 0 };
  }
}
