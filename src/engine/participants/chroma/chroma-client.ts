import type { ChromaClient } from 'chromadb';
import type { ChromaEndpoint } from './chroma-endpoint.ts';
import type { ChromaModule } from './load-chroma.ts';

/** What the server says of itself; asked once, since the client needs it before every write. */
export type ChromaLimits = Awaited<ReturnType<ChromaClient['getPreflightChecks']>>;

export type MakeClient = (
  endpoint: ChromaEndpoint,
  signal: AbortSignal,
  limits: ChromaLimits | null,
) => ChromaClient;

/**
 * One client for each call: it opens nothing, and the signal that ends a request belongs to the client, not to the request. Connections
 * are kept by Node's own fetch.
 */
export function clientMaker({ ChromaClient }: ChromaModule): MakeClient {
  class CallClient extends ChromaClient {
    constructor(endpoint: ChromaEndpoint, signal: AbortSignal, limits: ChromaLimits | null) {
      const { host, port, ssl, headers, tenant, database } = endpoint;
      super({
        host,
        port,
        ssl,
        headers: { ...headers },
        tenant,
        database,
        fetchOptions: { signal },
      });
      if (limits !== null) this.preflightChecks = limits;
    }
  }
  return (endpoint, signal, limits) => new CallClient(endpoint, signal, limits);
}
