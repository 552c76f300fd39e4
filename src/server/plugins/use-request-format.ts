import { isUtf8 } from 'node:buffer';
import { GraphQLError } from 'graphql';
import type { FetchAPI, Plugin } from 'graphql-yoga';

/** JSON is UTF-8 (RFC 8259), and in ASCII both are the same bytes. */
const CHARSETS = new Set(['utf-8', 'utf8', 'us-ascii']);
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

/**
 * Says what is wrong with the form of a request, where it would be read wrongly otherwise (another charset, a compressed body) or
 * look like a fault of the server (parameters in a URL that are no JSON). The fast lane leaves all such requests to Yoga.
 */
export function useRequestFormat(): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser, fetchAPI }) {
      const isPost = request.method === 'POST';
      if (isPost) checkHeaders(request.headers);
      if (requestParser === undefined) {
        if (isPost) throw unreadable(request.headers.get('content-type'));
        return;
      }
      setRequestParser(async (original) => {
        const checked = isPost ? await checkBytes(original, fetchAPI) : original;
        try {
          return await requestParser(checked);
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
          throw badRequest(
            'The parameter variables or extensions is no JSON.',
            'Send each of them as one JSON object.',
          );
        }
      });
    },
  };
}

/** Other bytes would be stored as U+FFFD, and nobody told. */
async function checkBytes(request: Request, { Request: FetchRequest }: FetchAPI): Promise<Request> {
  const body = new Uint8Array(await request.arrayBuffer());
  if (!isUtf8(body)) throw badRequest('The request body is not UTF-8.', 'Send it as UTF-8.');
  return new FetchRequest(request.url, { method: 'POST', headers: request.headers, body });
}

function checkHeaders(headers: Headers): void {
  const encoding = headers.get('content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity')
    throw unsupported(
      'UNSUPPORTED_ENCODING',
      `A body in the encoding ${encoding} is not read here.`,
      'Send the body as it is, without content-encoding.',
    );
  const [, charset] = CHARSET.exec(headers.get('content-type') ?? '') ?? [];
  if (charset !== undefined && !CHARSETS.has(charset.toLowerCase()))
    throw unsupported(
      'UNSUPPORTED_CHARSET',
      `A body in the charset ${charset} is not read here.`,
      'Send it as UTF-8.',
    );
}

function unreadable(type: string | null): GraphQLError {
  return unsupported(
    'UNSUPPORTED_MEDIA_TYPE',
    type === null
      ? 'The request has no content type.'
      : `The content type ${type} is not read here.`,
    'Send the operation as JSON with "content-type: application/json".',
  );
}

function badRequest(message: string, remedy: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: 'BAD_REQUEST', remedy, http: { status: 400 } },
  });
}

function unsupported(code: string, message: string, remedy: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, remedy, http: { status: 415 } } });
}
