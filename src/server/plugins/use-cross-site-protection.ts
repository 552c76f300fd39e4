import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Any of them shows that the browser asked for permission first; the names are those that common clients send. */
const PREFLIGHT_HEADERS = [
  'x-trinitas-csrf',
  'x-graphql-yoga-csrf',
  'graphql-require-preflight',
  'apollo-require-preflight',
];

/**
 * A page of another site can make a browser send "simple" requests here. A POST must therefore have a content type
 * that is not simple, or a header of the list. A GET never runs a mutation and its answer is unreadable without CORS;
 * it is refused when the browser itself marks it as coming from elsewhere.
 */
export function useCrossSiteProtection(corsOrigins: readonly string[]): Plugin {
  const prevention: Plugin = useCSRFPrevention({ requestHeaders: PREFLIGHT_HEADERS });
  const allowed = new Set(corsOrigins);
  return {
    onRequestParse(payload) {
      const { request, url } = payload;
      if (request.method !== 'GET') return prevention.onRequestParse?.(payload);
      const site = request.headers.get('sec-fetch-site');
      const origin = request.headers.get('origin');
      const foreignOrigin = origin !== null && origin !== url.origin && !allowed.has(origin);
      const foreignSite =
        site !== null &&
        site !== 'same-origin' &&
        site !== 'none' &&
        (origin === null || foreignOrigin);
      const preflighted = PREFLIGHT_HEADERS.some((name) => request.headers.has(name));
      if ((foreignOrigin || foreignSite) && !preflighted) throw crossSiteError();
      return undefined;
    },
  };
}

function crossSiteError(): GraphQLError {
  return new GraphQLError('Refused: the request comes from another site.', {
    extensions: { code: 'CROSS_SITE_REQUEST', http: { status: 403 } },
  });
}
