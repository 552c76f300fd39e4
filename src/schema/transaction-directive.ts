import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLInt,
  GraphQLSchema,
  isEnumType,
} from 'graphql';

export const TRANSACTION_DIRECTIVE = 'transaction';

/** The same schema with the directive, whose argument is of a type of the schema. */
export function withTransactionDirective(schema: GraphQLSchema): GraphQLSchema {
  const isolationLevel = schema.getType('IsolationLevel');
  if (!isEnumType(isolationLevel)) throw new Error('the schema has no IsolationLevel');
  const directive = new GraphQLDirective({
    name: TRANSACTION_DIRECTIVE,
    description:
      'Makes all fields of a mutation operation one transaction, committed after the last field. When a field fails, by an error or by a ' +
      'member of its union that is an Error, nothing is stored: `data` is null, `errors` has one error with the code and path of that ' +
      'field. `extensions.transaction` tells how it ended. Conflicts are tried again up to 3 times.',
    locations: [DirectiveLocation.MUTATION],
    args: {
      isolation: {
        type: isolationLevel,
        defaultValue: 'READ_COMMITTED',
        description: 'Its isolation level.',
      },
      timeoutMs: {
        type: GraphQLInt,
        description:
          'Milliseconds it may take, 300000 at most; null = 60000 unless the server is configured otherwise.',
      },
    },
  });
  return new GraphQLSchema({
    ...schema.toConfig(),
    directives: [...schema.getDirectives(), directive],
  });
}
