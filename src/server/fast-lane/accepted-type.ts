const GRAPHQL_RESPONSE = 'application/graphql-response+json';
const JSON_TYPE = 'application/json';

/** Headers as common clients send them, and what Yoga answers to each. */
const KNOWN: ReadonlyMap<string, string> = new Map([
  ['', JSON_TYPE],
  ['*/*', JSON_TYPE],
  [JSON_TYPE, JSON_TYPE],
  [`${JSON_TYPE}, */*`, JSON_TYPE],
  [GRAPHQL_RESPONSE, GRAPHQL_RESPONSE],
  [`${GRAPHQL_RESPONSE}, ${JSON_TYPE}`, GRAPHQL_RESPONSE],
  [`${GRAPHQL_RESPONSE}, ${JSON_TYPE};q=0.9`, GRAPHQL_RESPONSE],
  [`${GRAPHQL_RESPONSE}, ${JSON_TYPE}; q=0.9`, GRAPHQL_RESPONSE],
]);

/** The media type to answer with; undefined for a header that only Yoga can judge. */
export function acceptedType(accept: string | undefined): string | undefined {
  return KNOWN.get(accept ?? '');
}
