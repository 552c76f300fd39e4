import type { Memory, MemoryPage } from '../engine/index.ts';
import { listMemories } from '../resolvers/memory-reads.ts';
import { builder } from './builder.ts';
import { pageCost } from './cost.ts';
import { MemoryOrderFieldEnum, OrderDirectionEnum } from './enums.ts';
import { MemoryRef } from './memory.ts';
import { MemoryWhere } from './memory-where.ts';
import { MomentInput } from './moment.ts';
import { selectsField } from './selects-field.ts';

const MemoryOrderInput = builder.inputType('MemoryOrder', {
  description: 'One sort term.',
  fields: (t) => ({
    field: t.field({ type: MemoryOrderFieldEnum, required: true, description: 'What to sort by.' }),
    direction: t.field({
      type: OrderDirectionEnum,
      required: true,
      defaultValue: 'desc',
      description: 'Which way; the largest or newest first unless given.',
    }),
  }),
});

type Item = MemoryPage['items'][number];

/** Cursors are made when they are selected. */
class Edge {
  readonly node: Memory;
  readonly #item: Item;

  constructor(item: Item) {
    this.node = item.memory;
    this.#item = item;
  }

  get cursor(): string {
    return this.#item.cursor;
  }
}

class Connection {
  readonly #page: MemoryPage;
  readonly edges: Edge[];

  constructor(page: MemoryPage) {
    this.#page = page;
    this.edges = page.items.map((item) => new Edge(item));
  }

  get pageInfo() {
    const { items, hasNextPage, hasPreviousPage } = this.#page;
    return {
      hasNextPage,
      hasPreviousPage,
      startCursor: items[0]?.cursor ?? null,
      endCursor: items.at(-1)?.cursor ?? null,
    };
  }

  get total(): number | null {
    return this.#page.total;
  }
}

builder.queryField('memories', (t) =>
  t.connection(
    {
      type: MemoryRef,
      nullable: true,
      description:
        'Memories that match a filter, page by page. Cursors are positions, so pages stay right while others write: ' +
        'nothing is repeated or skipped that did not move. Does not count as an access.',
      args: {
        where: t.arg({ type: MemoryWhere, description: 'The filter; null = all.' }),
        orderBy: t.arg({
          type: [MemoryOrderInput],
          description:
            'Sort terms, most important first; null or empty = newest first. Keep it the same while paging: a cursor belongs to its order.',
        }),
        asOf: t.arg({
          type: MomentInput,
          description: 'The memories as they were then; null = as they are now.',
        }),
      },
      complexity: pageCost,
      resolve: async (_root, args, context, info) => {
        const page = await listMemories(
          { ...args, withTotal: selectsField(info, 'totalCount') },
          context,
        );
        return new Connection(page);
      },
    },
    {
      name: 'MemoryConnection',
      description: 'One page of memories.',
      fields: (connection) => ({
        totalCount: connection.int({
          nullable: true,
          description:
            'How many memories match on all pages, exact at the time of the page. Counted only when selected, since it costs a scan.',
          resolve: (page) => page.total,
        }),
      }),
    },
    { name: 'MemoryEdge', description: 'A memory and its place in the list.' },
  ),
);
