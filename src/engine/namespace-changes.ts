import { type ChangePosition, decodeChangeCursor } from './change-cursor.ts';
import type { ChangePage, ChangesInput, ResumeExpired } from './change-operations.ts';
import type { ChangeRequest } from './changes.ts';
import type { Scope } from './engine-parts.ts';
import { readInteger } from './field-rules.ts';
import { IssueCollector } from './issue-collector.ts';
import { DEFAULT_CHANGE_BATCH, MAX_CHANGE_BATCH } from './limits.ts';
import type { Where } from './list-operations.ts';
import { parseWhere } from './search/where.ts';

export async function changes(
  scope: Scope,
  input: {
    after?: string | null | undefined;
    first?: number | undefined;
    where?: Where | null | undefined;
  },
): Promise<ChangePage | ResumeExpired> {
  return await scope.engine.changes.page(readRequest(scope, input, 'first', input.first));
}

/** Bad input is thrown at the first `next`. Without a cursor, "now" is the moment of this call. */
export function watchChanges(
  scope: Scope,
  input: ChangesInput,
): AsyncIterableIterator<ChangePage | ResumeExpired> {
  const now = scope.engine.changes.now();
  // Who never asks for a page has no use for its failure.
  now.catch(() => undefined);
  return scope.engine.streams.open(input.signal, async function* (signal) {
    const request = readRequest(scope, input, 'batchSize', input.batchSize);
    yield* scope.engine.changes.watch({ ...request, after: request.after ?? (await now) }, signal);
  });
}

function readRequest(
  { namespace }: Scope,
  input: { after?: string | null | undefined; where?: Where | null | undefined },
  limitName: string,
  limit: number | undefined,
): ChangeRequest {
  const issues = new IssueCollector();
  const cursor = input.after ?? null;
  const nothing: ChangePosition | null = null;
  const request = {
    namespace,
    after:
      cursor === null ? null : issues.attempt(() => decodeChangeCursor(cursor, ['after']), nothing),
    filter: issues.attempt(() => parseWhere(input.where, ['where']), null),
    limit: readInteger(issues, limit ?? DEFAULT_CHANGE_BATCH, [limitName], 1, MAX_CHANGE_BATCH),
  };
  issues.throwIfAny();
  return request;
}
