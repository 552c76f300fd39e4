import SchemaBuilder, {
  BasePlugin,
  type PothosOutputFieldConfig,
  type SchemaTypes,
} from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import { encodeGlobalId } from '../resolvers/global-id.ts';

export const DIRECT_IDS = 'directIds';

declare global {
  namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      directIds: DirectIdsPlugin<Types>;
    }
  }
}

type RawId = (node: unknown) => string | number;

/**
 * Relay's plugin makes every id of a node in an async function, and so each node of a list a promise of its own. Ours only encode what
 * the node holds: a list of nodes is then answered in one piece.
 */
export class DirectIdsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(
    field: PothosOutputFieldConfig<Types>,
  ): PothosOutputFieldConfig<Types> {
    if (field.name !== 'id') return field;
    const { parentType } = field;
    const { pothosOptions } = this.builder.configStore.getTypeConfig(parentType);
    const { id } = pothosOptions as { readonly id?: { readonly resolve: RawId } };
    if (id === undefined) return field;
    const resolve: GraphQLFieldResolver<unknown, Types['Context'], object> = (node) =>
      encodeGlobalId(parentType, id.resolve(node));
    return { ...field, resolve };
  }
}

SchemaBuilder.registerPlugin(DIRECT_IDS, DirectIdsPlugin);
