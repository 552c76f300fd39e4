import type { ChangePage, ResumeExpired, Where } from '../engine/index.ts';
import type { RequestContext } from './context.ts';
import { openEventStream } from './event-stream.ts';

export interface ChangesArguments {
  readonly after?: string | null | undefined;
  readonly where?: Where | null | undefined;
  readonly first: number;
}

/** One page of the change log; the same events that `watchChanges` streams. */
export function listChanges(
  input: ChangesArguments,
  context: RequestContext,
): Promise<ChangePage | ResumeExpired> {
  return context.memories.changes(input);
}

export interface WatchChangesArguments {
  readonly after?: string | null | undefined;
  readonly where?: Where | null | undefined;
  readonly batchSize: number;
}

export function watchChanges(
  input: WatchChangesArguments,
  context: RequestContext,
): AsyncIterable<ChangePage | ResumeExpired> {
  return openEventStream(context, (signal) => context.memories.watchChanges({ ...input, signal }));
}
