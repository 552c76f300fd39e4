import type { AsOf, HistoryPage, VersionDiff, WriteResult } from '../engine/index.ts';
import type { RequestContext } from './context.ts';
import { type MemoryBy, toTarget } from './global-id.ts';

import { toWriteOptions, type WriteRequest } from './write-input.ts';
import { writing } from './writing.ts';

/** A moment of the past: a time, or the exact position of a change. */
export interface MomentInput {
  readonly at?: Date | null | undefined;
  readonly cursor?: string | null | undefined;
}

/** null = now */
export function toAsOf(moment: MomentInput | null | undefined): AsOf | null {
  return moment?.at ?? moment?.cursor ?? null;
}

export interface HistoryArguments {
  readonly by: MemoryBy;
  readonly first: number;
  readonly after?: string | null | undefined;
}

/** Async, so that a refused argument rejects like an engine error. */
export async function getHistory(
  { by, first, after }: HistoryArguments,
  context: RequestContext,
): Promise<HistoryPage> {
  return await context.memories.history({ by: toTarget(by), first, after });
}

export async function getDiff(
  { by, from, to }: { readonly by: MemoryBy; readonly from: number; readonly to: number },
  context: RequestContext,
): Promise<VersionDiff> {
  return await context.memories.diff({ by: toTarget(by), from, to });
}

export function restoreMemory(
  input: WriteRequest & {
    readonly by: MemoryBy;
    readonly version: number;
    readonly ifVersion?: number | null | undefined;
  },
  context: RequestContext,
): Promise<WriteResult> {
  const { version, ifVersion } = input;
  return writing(context, () =>
    context.memories.restore(
      { by: toTarget(input.by), version, ifVersion: ifVersion ?? undefined },
      toWriteOptions(input),
    ),
  );
}
