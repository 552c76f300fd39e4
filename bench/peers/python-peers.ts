import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDrivenPeer } from './driven-peer.ts';
import { type OpenPeer, type Peer, type PeerSource, PeerUnavailable } from './peer.ts';
import { findPython, type PythonNeeds, pythonWith, versionOfPython } from './python-environment.ts';
import { openStaticVectors } from './static-vectors.ts';

const DRIVER = fileURLToPath(new URL('./python/driver.py', import.meta.url));
const V4_SOURCE = join('trinitas-mcp', 'src');
const V4_FILE = 'memory_manager_v4.py';
const VECTORS =
  'the vectors are those of the embedder of Trinitas, sent along (it has none of its own offline)';

const PLAIN: PythonNeeds = {
  check: 'import sys, venv; exit(sys.version_info < (3, 10))',
  inWords: 'a Python 3.10 or newer with venv',
};
const WITH_EXTENSIONS: PythonNeeds = {
  check: `${PLAIN.check} if hasattr(__import__("sqlite3").Connection, "enable_load_extension") else exit(1)`,
  inWords: `${PLAIN.inWords} whose sqlite3 loads extensions`,
};

export interface PythonSettings {
  /** Programs, tried in this order. */
  readonly pythons: readonly string[];
  /** A checkout of v4; null when none was named. */
  readonly v4Directory: string | null;
}

export function pythonPeers({ pythons, v4Directory }: PythonSettings): readonly PeerSource[] {
  return [
    { name: 'Trinitas v4, Python', open: (context) => openV4(context, pythons, v4Directory) },
    { name: 'LangGraph SqliteStore', open: (context) => openLangGraph(context, pythons) },
    { name: 'mem0', open: (context) => openMem0(context, pythons) },
  ];
}

async function openV4(
  { directory }: OpenPeer,
  pythons: readonly string[],
  checkout: string | null,
): Promise<Peer> {
  const source = checkout === null ? null : join(checkout, V4_SOURCE);
  if (source === null || !existsSync(join(source, V4_FILE)))
    throw new PeerUnavailable(
      `no ${join(V4_SOURCE, V4_FILE)} in ${checkout ?? 'any folder named by --v4 or TRINITAS_V4_DIR'}; get it by: git clone https://github.com/apto-as/trinitas-agents`,
    );
  const python = findPython(pythons, PLAIN);
  return openDrivenPeer({
    program: python,
    args: [DRIVER, 'v4_memory', directory, source],
    configured: `EnhancedMemoryManager of a checkout, Python ${versionOfPython(python)}, backend sqlite and its defaults: rollback journal, one commit (fsync) for each store; recall looks for the whole query in the keys and commits access counts, and stands in for the read by key, which it has not. Its optimizer is switched off, since with it on a recall calls itself until its pool of 10 is used up, and never answers`,
  });
}

async function openLangGraph(context: OpenPeer, pythons: readonly string[]): Promise<Peer> {
  const wanted = 'langgraph-checkpoint-sqlite==3.1.2';
  const python = pythonWith(findPython(pythons, WITH_EXTENSIONS), 'langgraph', [wanted]);
  const { dimension, vectorOf } = await openStaticVectors(context.engineUrl);
  return openDrivenPeer({
    program: python,
    args: [DRIVER, 'langgraph_memory', context.directory, String(dimension)],
    configured: `${wanted} (MIT), Python ${versionOfPython(python)}, AsyncSqliteStore with sqlite-vec over the field text, its defaults: rollback journal, synchronous FULL; puts of one moment share a commit. Recall by cosine over all vectors, no full text; ${VECTORS}`,
    vectorOf,
  });
}

async function openMem0(context: OpenPeer, pythons: readonly string[]): Promise<Peer> {
  const wanted = ['mem0ai==2.2.1', 'qdrant-client==1.20.0'];
  const python = pythonWith(findPython(pythons, PLAIN), 'mem0', wanted);
  const { dimension, vectorOf } = await openStaticVectors(context.engineUrl);
  return openDrivenPeer({
    program: python,
    args: [DRIVER, 'mem0_memory', context.directory, String(dimension)],
    // Read when mem0 is imported.
    environment: { MEM0_TELEMETRY: 'False', MEM0_DIR: join(context.directory, 'home') },
    configured: `${wanted.join(' and ')} (Apache-2.0), Python ${versionOfPython(python)}, Memory with its default local Qdrant on disk, infer=False (no LLM), telemetry off; a commit in Qdrant's SQLite file and one in the history for each store. Its keyword search needs models from the network, so recall is by cosine alone; ${VECTORS}. A read by key is a list with a filter. Local Qdrant (Python, for small data by its own word) breaks when called by several threads, so calls come one by one`,
    vectorOf,
  });
}
