import type { ParticipantTerms } from '../participant.ts';
import type { VectorStore } from '../vector-store.ts';
import { clientMaker } from './chroma-client.ts';
import { ChromaCollections } from './chroma-collections.ts';
import { ChromaConnection } from './chroma-connection.ts';
import { type ChromaSource, parseChromaUrl } from './chroma-endpoint.ts';
import { ChromaServer } from './chroma-server.ts';
import { ChromaStore } from './chroma-store.ts';
import { loadChroma } from './load-chroma.ts';

/** Where Chroma is: a server that runs already, or a directory for one that the engine starts, watches and ends. */
export type ChromaTarget = { readonly url: string } | { readonly path: string };

/**
 * Opens the vector store. A server that is away is no error: the store is DEGRADED until it comes. Rejects with
 * ParticipantUnavailableError (not retryable) when the package chromadb is missing, with ValidationError for a URL that is none.
 */
export async function openChroma(
  target: ChromaTarget,
  terms: ParticipantTerms,
): Promise<VectorStore> {
  const { module, cli } = loadChroma();
  const makeClient = clientMaker(module);
  if ('url' in target) {
    const endpoint = parseChromaUrl(target.url);
    const source: ChromaSource = { endpoint, problem: null, close: () => Promise.resolve() };
    const connection = new ChromaConnection(makeClient, source, terms);
    await connection.open();
    return storeOf(connection, source, terms);
  }
  const server = new ChromaServer(cli, target.path, terms);
  const connection = new ChromaConnection(makeClient, server, terms);
  await Promise.race([server.start(), waited()]);
  await connection.open();
  server.onChange(() => void connection.probe());
  return storeOf(connection, server, terms);
}

/** Long enough for a server on a crowded machine, and for one that is away the longest that opening takes. */
const MAX_START_MS = 10_000;

function waited(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, MAX_START_MS).unref());
}

function storeOf(
  connection: ChromaConnection,
  source: ChromaSource,
  { storeId }: ParticipantTerms,
): VectorStore {
  const collections = new ChromaCollections(connection, storeId);
  return new ChromaStore({ connection, collections, source });
}
