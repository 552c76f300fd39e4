import type { GraphiQLOptions } from 'graphql-yoga';
import { SAMPLE_OPERATIONS } from './sample-operations.ts';

/** The page's script comes from this server too, so that it works offline; nothing is fetched from elsewhere. */
export const GRAPHIQL_OPTIONS: GraphiQLOptions = {
  title: 'Trinitas GraphiQL',
  subscriptionsProtocol: 'WS',
  defaultTabs: SAMPLE_OPERATIONS.map(({ query, variables }) => ({
    query,
    variables: variables === undefined ? null : JSON.stringify(variables, null, 2),
  })),
};

/** Returns the renderer. The page weighs 9 MB, so it is loaded and built on first use only, then kept. */
export function createGraphiqlRenderer(): (options: GraphiQLOptions) => Promise<string> {
  let page: Promise<string> | undefined;
  return (options) => {
    page ??= import('@graphql-yoga/render-graphiql').then(({ renderGraphiQL }) =>
      renderGraphiQL(options),
    );
    return page;
  };
}
