import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

type RequestParseHook = NonNullable<Plugin['onRequestParse']>;

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
      if (request.method === 'POST') return preventedSimple(prevention.onRequestParse, payload);
      // Any other method is refused whatever it carries.
      if (request.method !== 'GET') return undefined;
      const site = request.headers.get('sec-fetch-site');
      const origin = request.headers.get('origin');
      const foreignOrigin = origin !== null && origin !== url.origin && !allowed.has(origin);
      const foreignSite =
        site !== null &&
        site !== 'same-origin' &&
        site !== 'none' &&
        (origin === null || foreignOrigin);
      const preflighted = PREFLIGHT_HEADERS.some((name) => request.headers.has(name));
      if ((foreignOrigin || foreignSite) && !preflighted)
        throw crossSiteError(
          'Refused: the request comes from another site.',
          'Name the site in server.cors, or send it by POST.',
        );
      return undefined;
    },
  };
}

/** The library's verdict, in words that help whoever only forgot the content type. */
function preventedSimple(
  hook: RequestParseHook | undefined,
  payload: Parameters<RequestParseHook>[0],
): ReturnType<RequestParseHook> {
  try {
    return hook?.(payload);
  } catch {
    throw crossSiteError(
      'Refused: a page of another site could have sent a request of this content type.',
      `Send the operation as JSON with "content-type: application/json", or with a header ${PREFLIGHT_HEADERS[0]}.`,
    );
  }
}

function crossSiteError(message: string, remedy: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'CROSS_SITE_REQUEST', remedy, http: { status: 403 } },
  });
}
