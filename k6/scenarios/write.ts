import exec from 'k6/execution';
import { send } from '../client.ts';
import { prepare, type RunData, removeAll } from '../data.ts';
import { INCREMENT, STORE, UPDATE } from '../documents.ts';
import { optionsOf } from '../options.ts';
import { summarise } from '../summary.ts';
import { memoryOf } from '../workload.ts';

/* Four fifths new memories, the rest changes of ones that are there. */

export const options = optionsOf('write');
export const handleSummary = summarise('write');
export const teardown = removeAll;

export function setup(): RunData {
  const data = prepare(1_000);
  send(STORE, { input: { key: `${data.prefix}counter`, value: { visits: 0 } } });
  return data;
}

export function run({ prefix, memories }: RunData): void {
  const iteration = exec.scenario.iterationInTest;
  if (iteration % 10 === 0) {
    const { key } = memoryOf(prefix, iteration % memories);
    send(UPDATE, { input: { by: { key }, metadataPatch: { seen: iteration } } });
  } else if (iteration % 10 === 5) {
    send(INCREMENT, { input: { by: { key: `${prefix}counter` }, path: 'visits' } });
  } else {
    send(STORE, { input: memoryOf(prefix, memories + iteration) });
  }
}
