import { createHash } from 'node:crypto';
import { earliestExpiry } from './cached-records.ts';
import type { AgentContext, PackedContext } from './context-operations.ts';
import type { EngineParts, Scope } from './engine-parts.ts';
import { Memory } from './memory.ts';
import type { MemoryRecord } from './model/memory-record.ts';
import { reviveHit } from './recall-hit.ts';
import type { RecallHit } from './recall-operations.ts';

/** Milliseconds a context is kept (product.md section 4); any write in the namespace ends it earlier. */
const CONTEXT_TTL_MS = 1_800_000;

type KeptHit = Pick<RecallHit, 'score' | 'distance' | 'explanation'> & {
  readonly record: MemoryRecord;
};
type Kept<T> = Omit<T, 'memory'> & { readonly record: MemoryRecord };
type KeptPacked = Omit<PackedContext, 'items' | 'omitted'> & {
  readonly items: readonly Kept<PackedContext['items'][number]>[];
  readonly omitted: readonly Kept<PackedContext['omitted'][number]>[];
};

interface KeptContext {
  readonly working: readonly KeptHit[];
  readonly semantic: readonly KeptHit[];
  readonly episodes: readonly MemoryRecord[];
  readonly packed: KeptPacked | null;
}

/**
 * Contexts in the cache outside. The name of one holds the state of its namespace: every acknowledged write moves that on, so what was
 * kept before is never asked for again. Null without such a cache, and inside transactions.
 */
export function contextCache(
  { engine, namespace }: Scope,
  request: {
    readonly persona: string;
    readonly task: string;
    readonly budgetTokens: number | null;
  },
): ContextCache | null {
  const answers = engine.backend.participants?.answers ?? null;
  if (answers === null) return null;
  const { persona, task, budgetTokens } = request;
  const question = JSON.stringify([
    namespace,
    persona,
    task,
    budgetTokens,
    stateOf(engine, namespace),
  ]);
  const name = `context:${createHash('sha256').update(question).digest('base64')}`;
  return {
    find: async () => {
      const text = await answers.getAnswer(name);
      return text === null ? null : revive(JSON.parse(text) as KeptContext, request);
    },
    // Not waited for. What was read while a write came in is kept under the name that it was asked for by, and never asked for again.
    keep: (context, now) => {
      if (context.degraded) return;
      const kept = toKept(context);
      const ttlMs = Math.min(CONTEXT_TTL_MS, earliestExpiry(recordsOf(kept)) - now);
      void answers.putAnswer(name, JSON.stringify(kept), ttlMs);
    },
  };
}

export interface ContextCache {
  /** Never rejects; null = not kept. */
  find(): Promise<AgentContext | null>;
  keep(context: AgentContext, now: number): void;
}

/** Differs from start to start, since the generations begin anew. */
function stateOf({ backend, reads }: EngineParts, namespace: string): string {
  return `${backend.info.incarnation}.${reads.begin(namespace).generation}`;
}

function toKept({ working, semantic, episodes, packed }: AgentContext): KeptContext {
  return {
    working: working.map(toKeptHit),
    semantic: semantic.map(toKeptHit),
    episodes: episodes.map((memory) => memory.toRecord()),
    packed:
      packed === null
        ? null
        : {
            ...packed,
            items: packed.items.map(withRecord),
            omitted: packed.omitted.map(withRecord),
          },
  };
}

function toKeptHit({ memory, score, distance, explanation }: RecallHit): KeptHit {
  return { record: memory.toRecord(), score, distance, explanation };
}

function withRecord<T extends { readonly memory: Memory }>({ memory, ...rest }: T): Kept<T> {
  return { ...rest, record: memory.toRecord() };
}

function withMemory<T extends { readonly record: MemoryRecord }>({
  record,
  ...rest
}: T): Omit<T, 'record'> & { readonly memory: Memory } {
  return { ...rest, memory: new Memory(record) };
}

function revive(
  { working, semantic, episodes, packed }: KeptContext,
  { persona, task }: { readonly persona: string; readonly task: string },
): AgentContext {
  return {
    persona,
    task,
    working: working.map(reviveHit),
    semantic: semantic.map(reviveHit),
    episodes: episodes.map((record) => new Memory(record)),
    degraded: false,
    packed:
      packed === null
        ? null
        : {
            ...packed,
            items: packed.items.map(withMemory),
            omitted: packed.omitted.map(withMemory),
          },
  };
}

function recordsOf({ working, semantic, episodes, packed }: KeptContext): readonly MemoryRecord[] {
  const held = [...working, ...semantic, ...(packed?.items ?? []), ...(packed?.omitted ?? [])];
  return [...held.map(({ record }) => record), ...episodes];
}
