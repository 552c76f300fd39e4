import exec from 'k6/execution';
import { send } from './client.ts';
import type { RunData } from './data.ts';
import { CONTEXT, RECALL, STORE } from './documents.ts';
import { memoryOf, mixedKind, questionOf, taskOf } from './workload.ts';

/** One call of the mixed load. `part` keeps the keys of scenarios that run side by side apart. */
export function mixedCall({ prefix, memories }: RunData, part = 0): void {
  const index = Math.floor(Math.random() * memories);
  const kind = mixedKind(Math.random());
  if (kind === 'recall') send(RECALL, { query: questionOf(index), first: 10 });
  else if (kind === 'context') send(CONTEXT, taskOf(index));
  else {
    const next = memories + exec.scenario.iterationInTest + part * 10_000_000;
    send(STORE, { input: memoryOf(prefix, next) });
  }
}
