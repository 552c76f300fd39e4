import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives';
import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens';
import { GraphQLError, type ValidationContext } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { ServerLimits } from '../server-config.ts';

/**
 * Bounds that need nothing but the document, so their verdict may be cached with it. Those that depend on variables
 * are not here but in the schema's cost.
 */
export function useDocumentLimits(limits: ServerLimits): Plugin[] {
  const tooDeep = [
    'DEPTH_LIMIT_EXCEEDED',
    `The operation is nested deeper than ${limits.depth} levels.`,
    limits.depth,
  ] as const;
  return [
    maxTokensPlugin({
      n: limits.tokens,
      onReject: [
        () => {
          throw limitError(
            'TOKEN_LIMIT_EXCEEDED',
            `The document has more than ${limits.tokens} tokens.`,
            limits.tokens,
          );
        },
      ],
    }),
    useParserDepth(() => limitError(...tooDeep)),
    maxDepthPlugin({
      n: limits.depth,
      // GraphiQL's own introspection is 13 levels deep; its cost is bounded by the schema.
      ignoreIntrospection: true,
      flattenFragments: true,
      propagateOnRejection: false,
      onReject: [report(...tooDeep)],
    }),
    maxAliasesPlugin({
      n: limits.aliases,
      propagateOnRejection: false,
      onReject: [
        report(
          'ALIAS_LIMIT_EXCEEDED',
          `The operation has more than ${limits.aliases} aliases.`,
          limits.aliases,
        ),
      ],
    }),
    maxDirectivesPlugin({
      n: limits.directives,
      propagateOnRejection: false,
      onReject: [
        report(
          'DIRECTIVE_LIMIT_EXCEEDED',
          `The operation has more than ${limits.directives} directives.`,
          limits.directives,
        ),
      ],
    }),
  ];
}

/** The parser calls itself for every level, so thousands of levels overflow the stack before anything can be counted. */
function useParserDepth(tooDeep: () => GraphQLError): Plugin {
  return {
    onParse({ parseFn, setParseFn }) {
      setParseFn((source, options) => {
        try {
          return parseFn(source, options);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          throw tooDeep();
        }
      });
    },
  };
}

/** Reported like any other validation error, so that the request is refused with 400 as a whole. */
function report(code: string, message: string, limit: number) {
  return (context: ValidationContext | null): void =>
    context?.reportError(limitError(code, message, limit));
}

function limitError(code: string, message: string, limit: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code, limit, http: { status: 400 } } });
}
