import { InvalidArgumentError } from 'commander';

/** For options that name a GraphQL endpoint. */
export function parseEndpoint(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new InvalidArgumentError('must be a URL such as http://127.0.0.1:4000/graphql.');
  return text;
}
