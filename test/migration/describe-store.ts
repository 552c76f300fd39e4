import type { Engine, Memory, MemoryOperations, RelatedMemory } from '../../src/engine/index.ts';
import { NAMESPACES } from './fill-store.ts';

/** Searched in every file; the first hits and all hits by words must not change with a version. */
const QUERIES = ['owl', 'lighthouse sister', '会議', 'archive letters', 'quoted'] as const;

const PAGE = 100;

/** Everything a user can read in a store, as plain JSON; equal stores give equal descriptions. */
export async function describeStore(engine: Engine): Promise<unknown> {
  const described = [];
  for (const name of NAMESPACES) described.push(await describeNamespace(engine.namespace(name)));
  return JSON.parse(JSON.stringify(described));
}

async function describeNamespace(memories: MemoryOperations): Promise<unknown> {
  const { items } = await memories.list({
    orderBy: [{ field: 'key', direction: 'asc' }],
    first: PAGE,
  });
  const all = items.map(({ memory }) => memory);
  const { oldestCursor } = await memories.status();
  const changes = await memories.changes({ after: oldestCursor, first: 500 });
  if ('expired' in changes || changes.hasMore) throw new Error('the change log is not whole');
  const log = changes.changes.map(({ memory, ...change }) => ({
    ...change,
    memory: memory.toRecord(),
  }));
  const keys = [...new Set(log.map(({ memory }) => memory.key))].toSorted();
  return {
    namespace: memories.namespace,
    memories: all.map((memory) => memory.toRecord()),
    embeddings: await memories.embeddingStates(all.map(({ id }) => id)),
    personas: (await memories.personas(null)).map((persona) => persona?.name),
    log,
    histories: await Promise.all(keys.map((key) => historyOf(memories, key))),
    links: await Promise.all(all.map((memory) => linksOf(memories, memory))),
    recalls: await Promise.all(QUERIES.map((query) => recallBoth(memories, query))),
  };
}

async function historyOf(memories: MemoryOperations, key: string): Promise<unknown> {
  const { versions, complete } = await memories.history({ by: { key }, first: PAGE });
  const named = versions.map(({ version, kind, at, cursor, memory }) => ({
    version,
    kind,
    at,
    cursor,
    valueText: memory.valueText,
  }));
  return { key, complete, versions: named };
}

async function linksOf(memories: MemoryOperations, { id, key }: Memory): Promise<unknown> {
  const related = await memories.related({ to: { id }, first: PAGE });
  const links = related.flatMap(({ link, memory }: RelatedMemory) =>
    link === null ? [] : [{ ...link, to: memory.key }],
  );
  return { key, links };
}

async function recallBoth(memories: MemoryOperations, query: string): Promise<unknown> {
  const keysOf = async (mode: 'TEXT' | 'SEMANTIC'): Promise<readonly string[]> => {
    const { hits, degraded } = await memories.recall({ query, mode, touch: false });
    if (degraded) throw new Error(`recall of ${query} by ${mode} was degraded`);
    return hits.map((hit) => hit.key);
  };
  const [byText, byMeaning] = [await keysOf('TEXT'), await keysOf('SEMANTIC')];
  return { query, byText: byText.toSorted(), bestByMeaning: byMeaning[0] ?? null };
}
