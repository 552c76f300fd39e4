import { check } from 'k6';
import { send } from '../client.ts';
import { prepare, type RunData, removeAll } from '../data.ts';
import { CONTEXT, GET, LIST, RECALL, STORE, TRANSACT } from '../documents.ts';
import { optionsOf } from '../options.ts';
import { summarise } from '../summary.ts';
import { memoryOf, taskOf } from '../workload.ts';

/* Every operation, and whether its answer is right. */

export const options = optionsOf('smoke');
export const handleSummary = summarise('smoke');
export const setup = (): RunData => prepare(200);
export const teardown = removeAll;

export function run({ prefix, memories }: RunData): void {
  const index = memories + __ITER;
  const memory = memoryOf(prefix, index);
  const stored = send(STORE, { input: memory });
  check(stored, { 'a new memory is created': ({ data }) => data?.['created'] === true });

  const read = send(GET, { key: memory.key });
  check(read, {
    'it reads back as it was stored': ({ data }) =>
      JSON.stringify(data?.['value']) === JSON.stringify(memory.value) &&
      data?.['persona'] === memory.persona,
  });

  const list = send(LIST, { where: { key: { startsWith: prefix } }, first: 5 });
  check(list, {
    'the total of a list is true': ({ data }) => Number(data?.['totalCount']) >= index + 1,
  });

  const found = send(RECALL, { query: memory.value.text, first: 5 });
  check(found, {
    'recall finds it by its own words': ({ data }) =>
      ((data?.['edges'] ?? []) as readonly { node: { key: string } }[]).some(
        ({ node }) => node.key === memory.key,
      ),
  });

  const context = send(CONTEXT, taskOf(index));
  check(context, {
    'a context has facts': ({ data }) =>
      ((data?.['semantic'] ?? []) as readonly object[]).length > 0,
  });

  const by = { key: `${prefix}counter` };
  send(TRANSACT, {
    input: {
      operations: [
        { store: { ...by, value: { visits: 0 } } },
        { increment: { by, path: 'visits', amount: 2 } },
      ],
    },
  });
  check(send(GET, by), {
    'a transaction leaves what its last step made': ({ data }) =>
      ((data?.['value'] ?? {}) as { visits?: number }).visits === 2,
  });
}
