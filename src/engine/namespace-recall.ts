import type { TextQuery } from './backends/backend.ts';
import { earliestExpiry, queryName, totalBytes } from './cached-records.ts';
import type { Scope } from './engine-parts.ts';
import { describe, readInteger, readText } from './field-rules.ts';
import { IssueCollector } from './issue-collector.ts';
import { DEFAULT_RECALL_LIMIT, MAX_RECALL_LIMIT } from './limits.ts';
import type { RecallInput, RecallMode, RecallResult } from './operations.ts';
import { type ScoredRecord, toRecallHit } from './recall-hit.ts';
import type { Filter } from './search/filter.ts';
import { explainText, importanceFactor } from './search/rank.ts';
import { buildTextQuery } from './search/text-query.ts';
import { parseWhere } from './search/where.ts';

const RECALL_MODES: readonly RecallMode[] = ['TEXT', 'SEMANTIC', 'HYBRID'];

/** A checked recall. */
interface RecallRequest {
  readonly mode: RecallMode;
  /** null = nothing to search for, only to filter */
  readonly text: TextQuery | null;
  readonly filter: Filter | null;
  readonly limit: number;
  readonly minScore: number;
  readonly touch: boolean;
}

/**
 * The best memories for a text. Filters apply before ranking and before the limit. Without anything to search for, the
 * matching memories by importance, the newest first among equals. There is no semantic arm yet: HYBRID is served by
 * text, SEMANTIC too, which its `degraded` tells.
 */
export async function recall(scope: Scope, input: RecallInput): Promise<RecallResult> {
  const { engine, namespace } = scope;
  const startedAt = performance.now();
  const now = Date.now();
  const request = readRecall(input);
  const { text, filter, limit, minScore } = request;
  const key = { query: queryName('recall', { text, filter, limit, minScore }) };
  const { answer, cached } = await engine.reads.read(namespace, key, now, {
    load: async () => {
      const found = await (text === null
        ? listByImportance(scope, request, now)
        : searchText(scope, text, request, now));
      return found.filter((hit) => hit.score >= minScore).slice(0, limit);
    },
    freshUntil: (hits) => earliestExpiry(hits.map((hit) => hit.record)),
    bytes: (hits) => totalBytes(hits.map((hit) => hit.record)),
  });
  if (request.touch) {
    engine.touches.add(
      namespace,
      answer.map((hit) => hit.record.id),
      now,
    );
  }
  return {
    hits: answer.map((hit) => toRecallHit(hit, cached ? 'cache' : 'sqlite')),
    mode: request.mode,
    servedMode: 'TEXT',
    degraded: request.mode === 'SEMANTIC',
    tookMs: performance.now() - startedAt,
    cached,
  };
}

function readRecall(input: RecallInput): RecallRequest {
  const issues = new IssueCollector();
  const query = readText(issues, input.query, ['query'], 'query');
  const mode = input.mode ?? 'HYBRID';
  if (!RECALL_MODES.includes(mode))
    issues.add(['mode'], `must be one of ${RECALL_MODES.join(', ')}, not ${describe(mode)}`);
  const minScore = input.minScore ?? 0;
  if (typeof minScore !== 'number' || !(minScore >= 0 && minScore < Infinity)) {
    issues.add(['minScore'], `must be a finite number, 0 or more, not ${describe(minScore)}`);
  }
  const request: RecallRequest = {
    mode,
    text: issues.failed ? null : issues.attempt(() => buildTextQuery(query), null),
    filter: issues.attempt(() => parseWhere(input.where, ['where']), null),
    limit: readInteger(issues, input.limit ?? DEFAULT_RECALL_LIMIT, ['limit'], 1, MAX_RECALL_LIMIT),
    minScore,
    touch: input.touch ?? true,
  };
  issues.throwIfAny();
  return request;
}

async function searchText(
  { engine, namespace }: Scope,
  query: TextQuery,
  { filter, limit }: RecallRequest,
  now: number,
): Promise<readonly ScoredRecord[]> {
  const args = { namespace, query, filter, limit, now };
  const deadline = now + engine.options.operationTimeoutMs;
  const { hits } = await engine.backend.read('recallText', args, { deadline });
  return hits.map((hit) => explainText(hit, { terms: query.terms, now }));
}

async function listByImportance(
  { engine, namespace }: Scope,
  { filter, limit }: RecallRequest,
  now: number,
): Promise<readonly ScoredRecord[]> {
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
  return records.map((record) => {
    const score = importanceFactor(record.importance);
    // Recency only breaks ties here, so it is no factor of the score.
    const factors = { importanceFactor: score, recencyFactor: 1, final: score };
    return { record, score, explanation: { text: null, semantic: null, ...factors, terms: [] } };
  });
}
