import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import {
  DEFAULT_NAMESPACE,
  MemoryConnectionError,
  MemorySystemError,
  ValidationError,
} from '../../engine/index.ts';
import { withMemories } from '../with-memories.ts';
import { type Check, finding, fine } from './check.ts';
import { checkConfiguration } from './check-configuration.ts';
import { checkDisk, checkNode } from './check-machine.ts';
import { checkServers, checkStore } from './check-store.ts';

/** What a running server is asked instead. */
const ASK_THE_OWNER =
  '{ health { state checks { name state message } } stats { participants { name state message waiting } } status { embedding { memories ready pending failed outdated } } }';

/**
 * Everything that can be seen from here. The file is opened like by any other command, which also brings what was left half done to its
 * end; when that cannot be, SQLite and the servers are looked at through an empty database in a temporary folder.
 */
export async function examine(config: Config): Promise<readonly Check[]> {
  const machine = [...checkConfiguration(config), checkNode(process.version), checkDisk(config)];
  if (!existsSync(config.memory.sqlite_path)) {
    const missing = finding(
      'database',
      `there is no ${config.memory.sqlite_path}`,
      '`trinitas serve` creates it; or correct memory.sqlite_path or --db.',
    );
    return [...machine, missing, ...(await examineServers(config))];
  }
  try {
    const store = await withMemories(config, DEFAULT_NAMESPACE, checkStore);
    return [...machine, ...store];
  } catch (error) {
    if (isOwned(error)) {
      const owned = fine(
        'database',
        `${config.memory.sqlite_path} is open in a running Trinitas, which knows the rest; ask it: ${ASK_THE_OWNER}`,
      );
      return [...machine, owned, ...(await examineServers(config))];
    }
    return [...machine, toFinding('database', error)];
  }
}

/** Without the database of the configuration: a Chroma of the engine's own runs in a temporary folder too. */
async function examineServers(config: Config): Promise<readonly Check[]> {
  const folder = await mkdtemp(join(tmpdir(), 'trinitas-doctor-'));
  const { chromadb_path, ...memory } = config.memory;
  const elsewhere: Config = {
    ...config,
    memory: {
      ...memory,
      sqlite_path: join(folder, 'empty.db'),
      replica: false,
      embedder: { provider: 'none' },
      ...(chromadb_path === undefined ? {} : { chromadb_path: join(folder, 'chroma') }),
    },
  };
  try {
    return await withMemories(elsewhere, DEFAULT_NAMESPACE, checkServers);
  } catch (error) {
    return [toFinding('servers', error)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isOwned(error: unknown): boolean {
  return error instanceof MemoryConnectionError && error.data['reason'] === 'owned';
}

/** Named by what is at fault, if the error tells. Anything that is none of our errors is a defect and goes on. */
function toFinding(name: string, error: unknown): Check {
  if (!(error instanceof MemorySystemError)) throw error;
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return finding(
    subjectOf(error) ?? name,
    `${error.message}${cause}`,
    error.remedy ?? 'Correct what it says.',
  );
}

function subjectOf(error: MemorySystemError): string | null {
  const { participant } = error.data;
  if (typeof participant === 'string') return participant;
  const isSetting = error instanceof ValidationError && error.issues[0]?.path[0] === 'memory';
  return isSetting ? 'configuration' : null;
}
