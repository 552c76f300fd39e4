import type { Commit } from './backends/backend.ts';
import type { MemoryRecord } from './model/memory-record.ts';
import type { OperationOutcome } from './model/unit-outcome.ts';

/** The memories that outcomes changed or linked, as commit listeners are told. */
export function touchedMemories(outcomes: readonly OperationOutcome[]): Commit['touched'] {
  return outcomes.flatMap((outcome) => {
    return changedRecords(outcome).map(({ namespace, id, key, persona }) => ({
      namespace,
      memoryId: id,
      key,
      persona,
    }));
  });
}

function changedRecords(outcome: OperationOutcome): readonly MemoryRecord[] {
  switch (outcome.kind) {
    case 'unchanged':
    case 'asserted':
      return [];
    case 'linked':
    case 'unlinked':
      return outcome.changed ? [outcome.from, outcome.to] : [];
    default:
      return [outcome.record];
  }
}
