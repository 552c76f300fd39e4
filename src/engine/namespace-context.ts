import { packContext } from './context/pack-context.ts';
import type { Candidate } from './context/passage.ts';
import { loadTokenizer } from './context/tokenizer.ts';
import { wordSimilarity } from './context/word-similarity.ts';
import { contextCache } from './context-cache.ts';
import type { AgentContext, ContextOptions, PackedContext } from './context-operations.ts';
import type { Scope } from './engine-parts.ts';
import { readInteger, readText } from './field-rules.ts';
import { IssueCollector } from './issue-collector.ts';
import { MAX_CONTEXT_TOKENS } from './limits.ts';
import type { Memory } from './memory.ts';
import type { Section } from './model/section.ts';
import { list } from './namespace-list.ts';
import { recall } from './namespace-recall.ts';
import type { RecallHit, RecallResult } from './recall-operations.ts';

/** How many memories of each kind are looked at. */
interface PoolSize {
  readonly working: number;
  readonly semantic: number;
  readonly recentEpisodes: number;
}

/** v4's numbers. */
const LISTED: PoolSize = { working: 5, semantic: 3, recentEpisodes: 3 };
/** What a budget is more from. */
const PACKABLE: PoolSize = { working: 50, semantic: 50, recentEpisodes: 20 };
/** Only for a budget: how things are done, and older episodes that the task is about. */
const PACKABLE_PROCEDURES = 20;
const PACKABLE_RELEVANT_EPISODES = 20;

/** Recall scores, at most 1.5: what is near to nothing in the task fills no context. */
const MIN_RELEVANCE = 0.25;

interface Request {
  readonly persona: string;
  readonly task: string;
  /** null = nothing is packed */
  readonly budgetTokens: number | null;
}

interface Pool {
  readonly working: RecallResult;
  readonly semantic: RecallResult;
  readonly recentEpisodes: readonly Memory[];
}

/**
 * What a persona should know for a task: its working memories and anybody's semantic memories that are relevant to the
 * task, and its most recent episodes. With a budget also one text, packed from more of these, anybody's procedures and
 * the persona's episodes that are relevant to the task. Counted as accessed is what is handed out, not what was looked at.
 */
export async function getContext(
  scope: Scope,
  persona: string,
  task: string,
  options?: ContextOptions,
): Promise<AgentContext> {
  const request = readRequest(persona, task, options);
  const { budgetTokens } = request;
  const now = Date.now();
  const cache = contextCache(scope, request);
  const kept = await cache?.find();
  if (kept != null) {
    countAccesses(scope, [...kept.working, ...kept.semantic], kept.packed);
    return kept;
  }
  const [pool, more] = await Promise.all([
    findPool(scope, request, budgetTokens === null ? LISTED : PACKABLE),
    budgetTokens === null ? null : findMore(scope, request),
  ]);
  const working = pool.working.hits.slice(0, LISTED.working);
  const semantic = pool.semantic.hits.slice(0, LISTED.semantic);
  const packed =
    budgetTokens === null || more === null
      ? null
      : await packContext(candidatesOf(pool, more), {
          persona: request.persona,
          budgetTokens,
          tokenizer: more.tokenizer,
          similarity: wordSimilarity,
        });
  countAccesses(scope, [...working, ...semantic], packed);
  const context: AgentContext = {
    persona: request.persona,
    task: request.task,
    working,
    semantic,
    episodes: pool.recentEpisodes.slice(0, LISTED.recentEpisodes),
    degraded: [pool.working, pool.semantic, more?.procedures, more?.episodes].some(
      (result) => result?.degraded === true,
    ),
    packed,
  };
  cache?.keep(context, now);
  return context;
}

function readRequest(
  persona: unknown,
  task: unknown,
  options: ContextOptions | undefined,
): Request {
  const issues = new IssueCollector();
  const budget = options?.budgetTokens ?? null;
  const request: Request = {
    persona: readText(issues, persona, ['persona'], 'persona'),
    task: readText(issues, task, ['task'], 'task'),
    budgetTokens:
      budget === null ? null : readInteger(issues, budget, ['budgetTokens'], 1, MAX_CONTEXT_TOKENS),
  };
  issues.throwIfAny();
  return request;
}

async function findPool(scope: Scope, request: Request, size: PoolSize): Promise<Pool> {
  const { persona } = request;
  const [working, semantic, episodes] = await Promise.all([
    find(scope, request, { section: 'working_memory', persona }, size.working),
    find(scope, request, { section: 'semantic_memory' }, size.semantic),
    list(scope, {
      where: { section: 'episodic_memory', persona },
      orderBy: [{ field: 'createdAt', direction: 'desc' }],
      first: size.recentEpisodes,
      withTotal: false,
    }),
  ]);
  return { working, semantic, recentEpisodes: episodes.items.map(({ memory }) => memory) };
}

async function findMore(scope: Scope, request: Request) {
  const { persona } = request;
  const [procedures, episodes, tokenizer] = await Promise.all([
    find(scope, request, { section: 'procedural_memory' }, PACKABLE_PROCEDURES),
    find(scope, request, { section: 'episodic_memory', persona }, PACKABLE_RELEVANT_EPISODES),
    loadTokenizer(),
  ]);
  return { procedures, episodes, tokenizer };
}

function find(
  scope: Scope,
  { task }: Request,
  where: { readonly section: Section; readonly persona?: string },
  limit: number,
): Promise<RecallResult> {
  return recall(scope, { query: task, where, limit, minScore: MIN_RELEVANCE, touch: false });
}

/** Each memory once, also an episode that is both recent and relevant. */
function candidatesOf(
  pool: Pool,
  { procedures, episodes }: { readonly procedures: RecallResult; readonly episodes: RecallResult },
): readonly Candidate[] {
  const candidates = new Map<number, Candidate>();
  const add = (memory: Memory, relevance: number): void => {
    const known = candidates.get(memory.id);
    if (known === undefined || known.relevance < relevance)
      candidates.set(memory.id, { memory, relevance });
  };
  for (const { hits } of [pool.working, pool.semantic, procedures, episodes]) {
    const best = Math.max(...hits.map((hit) => hit.score));
    for (const { memory, score } of hits) add(memory, best > 0 ? score / best : 0);
  }
  for (const [place, memory] of pool.recentEpisodes.entries()) add(memory, recency(place));
  return [...candidates.values()];
}

/** 1 for the newest episode, one half for the first that v4 left out. */
function recency(place: number): number {
  return 1 / (1 + place / LISTED.recentEpisodes);
}

function countAccesses(
  { engine, namespace }: Scope,
  hits: readonly RecallHit[],
  packed: PackedContext | null,
): void {
  const ids = new Set(hits.map(({ memory }) => memory.id));
  for (const { memoryId } of packed?.items ?? []) ids.add(memoryId);
  engine.touches.add(namespace, [...ids], Date.now());
}
