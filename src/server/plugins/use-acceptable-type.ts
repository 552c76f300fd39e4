import { GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin, processRegularResult } from 'graphql-yoga';

const JSON_TYPE = 'application/json';
const STREAM = 'text/event-stream';
/** What an answer may be written as. */
const TYPES = [JSON_TYPE, 'application/graphql-response+json', STREAM, 'multipart/mixed'];

/**
 * Refuses a request whose answer its client would not take before anything of it runs: no write is done and no stream is begun. Errors
 * are told as JSON whatever the client accepts, so that it can read what to change.
 */
export function useAcceptableType(): Plugin<{ readonly request?: Request | undefined }> {
  return {
    onRequestParse({ request }) {
      if (!accepts(request, TYPES))
        throw notAcceptable('The server can write none of the media types of the accept header.');
    },
    onSubscribe({ args }) {
      // Over WebSocket there is no request, and nothing to choose.
      const { request } = args.contextValue;
      if (request !== undefined && !accepts(request, [STREAM]))
        throw notAcceptable('A subscription is answered as a stream of events only.');
    },
    onResultProcess({ result, resultProcessor, setResultProcessor }) {
      if (resultProcessor === undefined && !isAsyncIterable(result))
        setResultProcessor(processRegularResult, JSON_TYPE);
    },
  };
}

/** By the rules that Yoga chooses by: wildcards count, quality does not, a charset must be UTF-8. */
function accepts({ headers }: Request, types: readonly string[]): boolean {
  const accept = (headers.get('accept') || '*/*').replace(/\s/g, '').toLowerCase();
  return accept.split(',').some((range) => {
    const [asked = '', ...parameters] = range.split(';');
    const charset = parameters.find((parameter) => parameter.includes('charset='));
    if (charset !== undefined && charset !== 'charset=utf-8') return false;
    return types.some((type) => matches(type, asked));
  });
}

function matches(type: string, asked: string): boolean {
  const [group] = type.split('/');
  return asked === type || asked === '*/*' || asked === `${group}/*`;
}

function notAcceptable(message: string): GraphQLError {
  const remedy = `Send "accept: ${JSON_TYPE}" (or application/graphql-response+json), in UTF-8; for a subscription "accept: ${STREAM}".`;
  return new GraphQLError(message, {
    extensions: { code: 'NOT_ACCEPTABLE', remedy, http: { status: 406 } },
  });
}
