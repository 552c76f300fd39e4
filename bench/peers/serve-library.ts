import { createInterface } from 'node:readline';

/*
 * Started by trinitas-peers.ts with the URL of a compiled engine and the path of a database. Holds Trinitas as a library and speaks JSON-RPC over
 * stdio, as python/driver.py does for the others.
 */

type Engine = typeof import('../../src/engine/index.ts');
type Item = { readonly key: string; readonly value: unknown; readonly metadata: object };

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: {
    readonly items: readonly Item[];
    readonly item: Item;
    readonly key: string;
    readonly query: string;
    readonly limit: number;
  };
}

const [engineUrl = '', databasePath = ''] = process.argv.slice(2);
const { MemoryManagerFactory } = (await import(engineUrl)) as Engine;
const manager = await MemoryManagerFactory.getManager({ memory: { sqlite_path: databasePath } });
const memories = manager.namespace('default');

async function answer({ method, params }: Request): Promise<unknown> {
  switch (method) {
    case 'fill': {
      const { stored } = await manager.storeMany(params.items);
      if (stored !== params.items.length) throw new Error(`stored ${stored} only`);
      return stored;
    }
    case 'store':
      return (await memories.store(params.item)) !== undefined;
    case 'has':
      return params.key !== '' && (await memories.get({ key: params.key })) !== null;
    case 'recall': {
      const { hits } = await memories.recall({ query: params.query, limit: params.limit });
      return hits.map(({ memory }) => memory.key);
    }
    default:
      throw new Error(`no method ${method}`);
  }
}

const requests = createInterface({ input: process.stdin });
requests.on('line', async (line) => {
  const request = JSON.parse(line) as Request;
  const { id } = request;
  const message = await answer(request).then(
    (result) => ({ id, result }),
    (error: unknown) => ({ id, error: String(error) }),
  );
  process.stdout.write(`${JSON.stringify(message)}\n`);
});
const end = () => manager.cleanup().then(() => process.exit(0));
requests.once('close', end);
process.once('SIGTERM', end);
