import type { Commit } from '../backends/backend.ts';
import type { OperationOutcome } from '../types.ts';

/** The memories that outcomes changed, as commit listeners are told. */
export function touchedMemories(outcomes: readonly OperationOutcome[]): Commit['touched'] {
  return outcomes.flatMap((outcome) => {
    if (outcome.kind === 'unchanged' || outcome.kind === 'asserted') return [];
    const { namespace, id, key } = outcome.record;
    return [{ namespace, memoryId: id, key }];
  });
}
