import type { ReadMap } from './backends/read-map.ts';
import type { RecallMatch } from './backends/recall-reads.ts';
import { earliestExpiry, queryName, totalBytes } from './cached-records.ts';
import type { Scope } from './engine-parts.ts';
import { PUBLISHED_SECTIONS } from './model/section.ts';
import type { NamedQuery } from './persona-names.ts';
import { toRecallHit } from './recall-hit.ts';
import type { RecallHit, RecallInput, RecallResult } from './recall-operations.ts';
import { type RecallRequest, readRecall } from './recall-request.ts';
import { withoutExclusions } from './search/query-terms.ts';
import { importanceFactor } from './search/rank.ts';
import { type BuiltTextQuery, withoutTerms } from './search/text-query.ts';

type Found = ReadMap['recall']['result'];

/** How a recall is served. */
interface Plan {
  readonly query: BuiltTextQuery | null;
  readonly vectors: ReadMap['recall']['args']['vectors'];
  readonly named: readonly string[];
  readonly servedMode: RecallResult['servedMode'];
  /** Why an arm that was asked for is missing; null when none is. */
  readonly problem: string | null;
}

/**
 * The best memories for a text. Filters apply before ranking and before the limit. Without anything to search for, the
 * matching memories by importance, the newest first among equals. When the semantic arm that a mode asks for cannot serve,
 * the text arm does alone, which `degraded` tells.
 */
export async function recall(scope: Scope, input: RecallInput): Promise<RecallResult> {
  const { engine, namespace } = scope;
  const startedAt = performance.now();
  const now = Date.now();
  const request = readRecall(input);
  const plan = await planOf(scope, request);
  const { filter, limit, minScore, weights, candidates, includeSuperseded } = request;
  const { query, vectors, named, servedMode } = plan;
  const asked = { text: request.query, filter, limit, minScore, weights, candidates };
  const models = vectors.map(({ model }) => model);
  const name = queryName('recall', { ...asked, named, servedMode, models, includeSuperseded });
  const { answer, cached } = await engine.reads.read(namespace, { query: name }, now, {
    load: async () => {
      const found = await (query === null && vectors.length === 0
        ? listByImportance(scope, request, now)
        : search(scope, request, plan, now));
      return { ...found, hits: found.hits.filter((hit) => hit.score >= minScore) };
    },
    freshUntil: ({ hits }) => earliestExpiry(hits.map((hit) => hit.record)),
    bytes: ({ hits }) => totalBytes(hits.map((hit) => hit.record)),
  });
  const problem = plan.problem ?? answer.problem;
  if (request.touch) {
    const ids = answer.hits.map((hit) => hit.record.id);
    engine.touches.add(namespace, ids, now);
  }
  const explain = { terms: query?.terms ?? [], weights: servedWeights(request, plan) };
  return {
    hits: answer.hits.map((hit) =>
      toRecallHit(hit, cached ? 'cache' : sourceOf(hit, answer.vectorsFrom), explain),
    ),
    mode: request.mode,
    servedMode,
    degraded: problem !== null,
    degradedReason: problem,
    vectorsFrom: answer.vectorsFrom,
    tookMs: performance.now() - startedAt,
    cached,
  };
}

/** Where a hit was found that words did not find. */
function sourceOf(
  { text, semantic, record }: RecallMatch,
  vectorsFrom: Found['vectorsFrom'],
): RecallHit['source'] {
  const byMeaningAlone = text === null && semantic !== null;
  const isPublished = PUBLISHED_SECTIONS.some((section) => section === record.section);
  return byMeaningAlone && isPublished && vectorsFrom.includes('chroma') ? 'chroma' : 'sqlite';
}

async function planOf(
  { engine, namespace }: Scope,
  { mode, query, text }: RecallRequest,
): Promise<Plan> {
  if (text === null)
    return { query: null, vectors: [], named: [], servedMode: 'TEXT', problem: null };
  const names = await engine.personaNames.find(namespace, query);
  const words = withoutNames(text, names);
  const byText = { query: words, vectors: [], named: names.named, servedMode: 'TEXT' } as const;
  if (mode === 'TEXT' || (mode === 'HYBRID' && !engine.embeddings.available))
    return { ...byText, problem: null };
  const { vectors, problem } = await engine.embeddings.embedQuery(withoutExclusions(names.rest));
  // A query of words that the model does not know has no direction; its words can still be looked for.
  if (vectors.length === 0) return { ...byText, problem };
  return {
    query: mode === 'SEMANTIC' ? onlyExclusions(words) : words,
    vectors,
    named: names.named,
    servedMode: mode,
    problem,
  };
}

/** What a recall by meaning leaves out is told by words all the same. */
function onlyExclusions({ excluded }: BuiltTextQuery): BuiltTextQuery | null {
  return excluded === null ? null : { expressions: [], excluded, terms: [] };
}

/** Names become a boost instead of terms, unless nothing else is asked for. */
function withoutNames(text: BuiltTextQuery, { words }: NamedQuery): BuiltTextQuery {
  return words.size === 0 ? text : (withoutTerms(text, words) ?? text);
}

/** An arm that does not serve has no share. */
function servedWeights(
  { weights }: RecallRequest,
  { servedMode }: Pick<Plan, 'servedMode'>,
): RecallRequest['weights'] {
  if (servedMode === 'HYBRID') return weights;
  return servedMode === 'TEXT' ? { text: 1, semantic: 0 } : { text: 0, semantic: 1 };
}

async function search(
  { engine, namespace }: Scope,
  request: RecallRequest,
  plan: Plan,
  now: number,
): Promise<Found> {
  const { filter, limit, candidates, includeSuperseded } = request;
  const { query, vectors, named } = plan;
  const weights = servedWeights(request, plan);
  const deadline = now + engine.options.operationTimeoutMs;
  const found = await engine.backend.read(
    'recall',
    {
      namespace,
      query,
      vectors,
      named,
      filter,
      limit,
      candidates,
      weights,
      includeSuperseded,
      now,
    },
    { deadline },
  );
  engine.embeddings.heal(found.damagedVectors);
  return found;
}

async function listByImportance(
  { engine, namespace }: Scope,
  { filter, limit }: RecallRequest,
  now: number,
): Promise<Found> {
  const { records } = await engine.backend.read(
    'list',
    {
      namespace,
      filter,
      order: [
        { field: 'importance', direction: 'desc' },
        { field: 'updatedAt', direction: 'desc' },
      ],
      limit,
      after: null,
      before: null,
      fromEnd: false,
      withTotal: false,
      now,
    },
    { deadline: now + engine.options.operationTimeoutMs },
  );
  const hits = records.map((record) => {
    const score = importanceFactor(record.importance);
    // Recency only breaks ties here, so it is no factor of the score.
    const factors = { importanceFactor: score, recencyFactor: 1, named: false };
    return { record, text: null, semantic: null, ...factors, score };
  });
  return { hits, vectorsFrom: [], problem: null, damagedVectors: [] };
}
