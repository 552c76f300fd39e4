import SchemaBuilder, {
  BasePlugin,
  type PothosOutputFieldConfig,
  type SchemaTypes,
} from '@pothos/core';
import { type GraphQLFieldResolver, responsePathAsArray } from 'graphql';
import { TransactionStateError } from '../engine/index.ts';
import type { RequestContext } from '../resolvers/context.ts';

export const FIELD_FAILURES = 'fieldFailures';

declare global {
  namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      fieldFailures: FieldFailuresPlugin<Types>;
    }
  }
}

/**
 * Tells the transaction of a document which of its fields failed first. It stands inside of the error unions, since a
 * failure that became a member of its union is no error any more; and the client need not select `__typename`.
 */
export class FieldFailuresPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolver: GraphQLFieldResolver<unknown, Types['Context'], object>,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    if (field.kind !== 'Mutation') return resolver;
    return (source, args, context, info) => {
      const { transaction } = context as RequestContext;
      if (transaction?.endedBy !== 'document') return resolver(source, args, context, info);
      if (transaction.failure !== null) throw skipped();
      return noted(
        () => resolver(source, args, context, info),
        (error) => transaction.fail({ error, path: responsePathAsArray(info.path) }),
      );
    };
  }
}

async function noted(resolve: () => unknown, note: (error: unknown) => void): Promise<unknown> {
  try {
    return await resolve();
  } catch (error) {
    note(error);
    throw error;
  }
}

function skipped(): TransactionStateError {
  return new TransactionStateError('not run, since an earlier field of the transaction failed');
}

SchemaBuilder.registerPlugin(FIELD_FAILURES, FieldFailuresPlugin);
