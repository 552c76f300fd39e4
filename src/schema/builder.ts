import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import type { RequestContext } from '../resolvers/context.ts';
import { decodeGlobalId, encodeGlobalId } from '../resolvers/global-id.ts';
import { costError, LEAF_LIST, LIST_FACTOR, limitNodes, listCost } from './cost.ts';
import { DIRECT_IDS } from './direct-ids.ts';
import { FIELD_FAILURES } from './field-failures.ts';

export interface SchemaTypes {
  Context: RequestContext;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string | number };
    JSON: { Input: unknown; Output: unknown };
    DateTime: { Input: Date; Output: Date };
    UnitInterval: { Input: number; Output: number };
    ChangeCursor: { Input: string; Output: string };
  };
}

/**
 * Defines no types itself; each module beside it registers its own.
 * The order of the plugins is the order of execution, first = outermost: cost is checked before anything runs and
 * is never caught by an error union; unions wrap whatever Relay resolves; failures are noted before they become members.
 */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [ComplexityPlugin, ErrorsPlugin, FIELD_FAILURES, DIRECT_IDS, RelayPlugin],
  defaultFieldNullability: false,
  complexity: {
    defaultComplexity: 1,
    defaultListMultiplier: LIST_FACTOR,
    limit: (context) => ({ complexity: context.limits.cost }),
    complexityError: costError,
  },
  errors: { directResult: true },
  relay: {
    clientMutationId: 'omit',
    cursorType: 'String',
    encodeGlobalID: encodeGlobalId,
    decodeGlobalID: (id) => decodeGlobalId(id),
    // Ids are opaque and the request's own loaders cache; a second cache would be stale after a write.
    brandLoadedObjects: true,
    idFieldOptions: {
      description:
        'Opaque id, unique over all types and never reused; pass it to `node` unchanged.',
    },
    nodeTypeOptions: { description: 'Anything that `node` can load again by its id.' },
    nodeQueryOptions: {
      nullable: true,
      description: 'Loads one object by its id; null when it is gone.',
      args: { id: { description: 'An id from an earlier answer, unchanged.' } },
    },
    nodesQueryOptions: {
      nullable: { list: true, items: true },
      description:
        'Loads several objects; null at the place of each one that is gone. At most 100 ids.',
      args: {
        ids: { description: 'Ids from earlier answers, 100 at most; the result has their order.' },
      },
      complexity: ({ ids }) => listCost(ids.length),
      resolve: (_root, { ids }, _context, _info, resolveNodes) => resolveNodes(limitNodes(ids)),
    },
    pageInfoTypeOptions: { description: 'Where a page stands in its list (Relay).' },
    hasNextPageFieldOptions: { description: 'True when more items follow `endCursor`.' },
    hasPreviousPageFieldOptions: { description: 'True when items precede `startCursor`.' },
    startCursorFieldOptions: {
      description: 'Cursor of the first item; null when the page is empty.',
    },
    endCursorFieldOptions: { description: 'Cursor of the last item; null when the page is empty.' },
    cursorFieldOptions: {
      description:
        'Opaque position of this item under the chosen order; pass it as `after` or `before`.',
    },
    nodeFieldOptions: { description: 'The item itself.', nullable: false },
    edgesFieldOptions: {
      description: 'The items with their cursors.',
      nullable: false,
      complexity: LEAF_LIST,
    },
    nodesOnConnection: { description: 'The items without their cursors.', complexity: LEAF_LIST },
    pageInfoFieldOptions: { description: 'Position of this page.' },
    firstArgOptions: {
      description:
        'Size of a page going forward, 0 to 100; 20 when neither `first` nor `last` is given.',
    },
    afterArgOptions: { description: 'Start behind this cursor; null = at the beginning.' },
    lastArgOptions: {
      description: 'Size of a page going backward, 0 to 100; not together with `first`.',
    },
    beforeArgOptions: { description: 'End in front of this cursor; null = at the end.' },
  },
});

builder.queryType({
  description:
    'Reads. Fields are nullable: one that fails is null, with its error in `errors`, and the others still answer.',
});
builder.mutationType({
  description:
    'Writes. Each field is a transaction of its own: fields run one after another, and a failing one undoes only itself; ' +
    'unless the operation carries `@transaction`, or runs in a transaction that `beginTransaction` opened. ' +
    'What a caller can correct or retry is a member of the result union; damage of the store (CONNECTION, DATA_CORRUPTION) ' +
    'and refusals of the server are errors with `extensions.code`.',
});
builder.subscriptionType({
  description:
    'Live streams over graphql-transport-ws and SSE; they end cleanly when the server stops.',
});
