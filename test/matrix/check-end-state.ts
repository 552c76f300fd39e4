import { ChromaClient } from 'chromadb';
import type { Backend } from '../../src/engine/backends/backend.ts';
import type { MatrixWorld } from './matrix-world.ts';
import { CACHED, CREATED, NEW, OLD, PATCHED, STAGED } from './scenario-unit.ts';

/** One for each scenario; the client asks for 100 unless it is told. */
const MOST_COLLECTIONS = 10_000;

/** What is wrong after the recovery; empty = the end state is that of the table in the design of the protocol. */
export async function findFaults(
  world: MatrixWorld,
  backend: Backend,
  scenario: { readonly namespace: string; readonly txid: string; readonly committed: boolean },
): Promise<readonly string[]> {
  return [
    ...databaseFaults(world, scenario),
    ...(await readFaults(backend, scenario)),
    ...(await findLeftovers(world, scenario.namespace)),
  ];
}

/** What is wrong in Redis and Chroma, whichever values are the right ones. */
export async function findLeftovers(
  world: MatrixWorld,
  namespace: string,
): Promise<readonly string[]> {
  return [...(await redisFaults(world)), ...(await chromaFaults(world, namespace))];
}

function databaseFaults(
  world: MatrixWorld,
  { namespace, txid, committed }: Parameters<typeof findFaults>[2],
): readonly string[] {
  const faults: string[] = [];
  const logged = world.query('SELECT csn FROM tx_log WHERE txid = ?', txid).length === 1;
  if (logged !== committed) faults.push(`the outcome log says ${logged ? 'committed' : 'nothing'}`);
  const rows = world.query<{ key: string; value: string }>(
    'SELECT key, value FROM memories WHERE namespace = ? ORDER BY key',
    namespace,
  );
  const found = new Map(
    rows.map(({ key, value }) => [key, (JSON.parse(value) as { text: string }).text]),
  );
  for (const key of [CACHED, STAGED, PATCHED]) {
    const expected = committed ? NEW : OLD;
    if (found.get(key) !== expected) faults.push(`${key} is ${found.get(key)} in the database`);
  }
  if (found.has(CREATED) !== committed) faults.push(`${CREATED} exists: ${found.has(CREATED)}`);
  return faults;
}

/** Through the cache, which may fill at the first read and answer at the second. */
async function readFaults(
  backend: Backend,
  { namespace, committed }: Parameters<typeof findFaults>[2],
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    const targets = [{ key: CACHED }, { key: CREATED }];
    const [cached, created] = await backend.read('getMany', {
      namespace,
      targets,
      now: Date.now(),
    });
    const text = cached == null ? null : (JSON.parse(cached.valueText) as { text: string }).text;
    if (text !== (committed ? NEW : OLD)) faults.push(`${CACHED} is read as ${text}`);
    if ((created != null) !== committed) faults.push(`${CREATED} is read: ${created != null}`);
  }
  return faults;
}

/** No fence and no staged transaction is left, of any epoch. */
async function redisFaults({ redis }: MatrixWorld): Promise<readonly string[]> {
  const keys = await redis.keys('trinitas:*');
  return keys
    .filter((key) => key.includes(':f:') || key.includes(':st:'))
    .map((key) => `Redis still holds ${key}`);
}

/** The records are exactly the live ones, and every vector has one. */
async function chromaFaults(world: MatrixWorld, namespace: string): Promise<readonly string[]> {
  const faults: string[] = [];
  const live = new Set(
    world
      .query<{ record: string }>(
        'SELECT record FROM published_vectors WHERE namespace = ?',
        namespace,
      )
      .map(({ record }) => record),
  );
  const vectors = world.query(
    `SELECT m.id FROM memories m JOIN embeddings e ON e.memory_id = m.id
      WHERE m.namespace = ? AND m.section = 'semantic_memory' AND e.state = 'READY'`,
    namespace,
  );
  if (vectors.length !== live.size)
    faults.push(`${vectors.length} vectors, ${live.size} published`);
  const held = await recordsOf(world.chromaUrl, namespace);
  for (const record of live) if (!held.has(record)) faults.push(`Chroma lacks ${record}`);
  for (const record of held) if (!live.has(record)) faults.push(`Chroma still holds ${record}`);
  return faults;
}

async function recordsOf(url: string, namespace: string): Promise<ReadonlySet<string>> {
  const { hostname, port } = new URL(url);
  const client = new ChromaClient({ host: hostname, port: Number(port), ssl: false });
  const records = new Set<string>();
  for (const collection of await client.listCollections({ limit: MOST_COLLECTIONS })) {
    if (collection.metadata?.['namespace'] !== namespace) continue;
    for (const id of (await collection.get({ include: [] })).ids) records.add(id);
  }
  return records;
}
