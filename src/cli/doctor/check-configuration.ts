import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../../config.ts';
import { engineConfigSchema } from '../../engine/index.ts';
import { type Check, finding, fine } from './check.ts';

type Key = keyof Config['memory'];

const HYBRID_ONLY: readonly Key[] = [
  'redis_url',
  'chroma_url',
  'chromadb_path',
  'commit_mode',
  'prepare_timeout',
  'redis_sections',
];
/** What `sqlite_sync`, with one connection and a rollback journal, has nothing to do with. */
const POOLED_ONLY: readonly Key[] = [
  'max_connections',
  'max_snapshots',
  'wal_soft_limit',
  'wal_hard_limit',
];

/** Keys that differ from their defaults and change nothing. Bad keys have been refused before. */
export function checkConfiguration({ memory }: Config): readonly Check[] {
  const defaults = engineConfigSchema.parse({}).memory;
  const isSet = (key: Key): boolean => !isDeepStrictEqual(memory[key], defaults[key]);
  const { backend } = memory;
  const hybrid = backend === 'hybrid';
  const hasChroma = isSet('chroma_url') || isSet('chromadb_path');
  const idle = (key: Key, why: string, remedy: string): readonly Check[] =>
    isSet(key) ? [finding('configuration', `memory.${key} has no effect: ${why}`, remedy)] : [];
  const checks: readonly Check[] = [
    ...(hybrid
      ? []
      : HYBRID_ONLY.flatMap((key) =>
          idle(
            key,
            `the backend is ${backend}`,
            `Set memory.backend to hybrid, or remove the key.`,
          ),
        )),
    ...(backend === 'sqlite_sync'
      ? POOLED_ONLY.flatMap((key) =>
          idle(
            key,
            `the backend is ${backend}`,
            'Set memory.backend to sqlite, or remove the key.',
          ),
        )
      : []),
    ...(hybrid && !isSet('redis_url')
      ? idle('redis_sections', 'there is no Redis', 'Set memory.redis_url, or remove the key.')
      : []),
    ...(hybrid && isSet('chroma_url')
      ? idle('chromadb_path', 'memory.chroma_url goes first', 'Remove one of the two.')
      : []),
    ...(hybrid && !isSet('redis_url') && !hasChroma
      ? [
          finding(
            'configuration',
            'the backend is hybrid, and neither Redis nor Chroma is configured: it works as sqlite',
            'Set memory.redis_url, memory.chroma_url or memory.chromadb_path, or memory.backend to sqlite.',
          ),
        ]
      : []),
  ];
  return checks.length > 0
    ? checks
    : [fine('configuration', `every key is known and has an effect, backend ${backend}`)];
}
