import { send } from '../client.ts';
import { prepare, type RunData, removeAll } from '../data.ts';
import { GET, LIST, RECALL } from '../documents.ts';
import { optionsOf } from '../options.ts';
import { summarise } from '../summary.ts';
import { memoryOf, questionOf, topicOf } from '../workload.ts';

/* Half single reads, a quarter lists of 20 with 8 fields, a quarter recalls. */

export const options = optionsOf('read');
export const handleSummary = summarise('read');
export const setup = (): RunData => prepare(5_000);
export const teardown = removeAll;

export function run({ prefix, memories }: RunData): void {
  const index = Math.floor(Math.random() * memories);
  if (__ITER % 2 === 0) send(GET, { key: memoryOf(prefix, index).key });
  else if (__ITER % 4 === 1) send(LIST, { where: { tags: { any: [topicOf(index)] } }, first: 20 });
  else send(RECALL, { query: questionOf(index), first: 10 });
}
