import { onTestFinished } from 'vitest';
import type { Backend } from '../../src/engine/backends/backend.ts';
import { openReplica, type ReplicaPace } from '../../src/engine/backends/replica/open-replica.ts';
import type { EmbedderSetup } from '../../src/engine/embedding/embedder-setup.ts';
import { type EngineConfigInput, parseEngineConfig } from '../../src/engine/options.ts';

/** So rarely that nothing in a test happens because of the clock. */
export const NEVER: ReplicaPace = { aloneMs: 1e9, withBusMs: 1e9 };

/** A replica of a file; closed when the test is over. */
export async function openTestReplica(
  path: string,
  memory: EngineConfigInput['memory'] = {},
  embedder: EmbedderSetup | null = null,
  pace?: ReplicaPace,
): Promise<Backend> {
  const options = parseEngineConfig({ memory: { ...memory, sqlite_path: path, replica: true } });
  const replica = await openReplica(options, embedder, null, pace);
  onTestFinished(() => replica.close());
  return replica;
}

/** Everything goes to the owner, except reads, which the replica answers. */
export function readingFrom(replica: Backend, owner: Backend): Backend {
  return new Proxy(owner, {
    get(target, name) {
      const source = name === 'read' ? replica : target;
      const value: unknown = Reflect.get(source, name, source);
      return typeof value === 'function' ? value.bind(source) : value;
    },
  });
}
