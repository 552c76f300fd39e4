import { describe, readInteger, readText } from './field-rules.ts';
import { IssueCollector } from './issue-collector.ts';
import {
  DEFAULT_RECALL_CANDIDATES,
  DEFAULT_RECALL_LIMIT,
  MAX_RECALL_CANDIDATES,
  MAX_RECALL_LIMIT,
} from './limits.ts';
import type { RecallInput, RecallMode } from './recall-operations.ts';
import type { Filter } from './search/filter.ts';
import { DEFAULT_WEIGHTS } from './search/rank.ts';
import { type BuiltTextQuery, buildTextQuery } from './search/text-query.ts';
import { parseWhere } from './search/where.ts';

const RECALL_MODES: readonly RecallMode[] = ['TEXT', 'SEMANTIC', 'HYBRID'];

/** A checked recall. */
export interface RecallRequest {
  readonly mode: RecallMode;
  readonly query: string;
  /** null = nothing to search for, only to filter */
  readonly text: BuiltTextQuery | null;
  readonly filter: Filter | null;
  readonly limit: number;
  readonly minScore: number;
  readonly weights: { readonly text: number; readonly semantic: number };
  readonly candidates: { readonly text: number; readonly semantic: number };
  readonly includeSuperseded: boolean;
  readonly touch: boolean;
}

/** ValidationError names every bad argument at once. */
export function readRecall(input: RecallInput): RecallRequest {
  const issues = new IssueCollector();
  const query = readText(issues, input.query, ['query'], 'query');
  const mode = input.mode ?? 'HYBRID';
  if (!RECALL_MODES.includes(mode))
    issues.add(['mode'], `must be one of ${RECALL_MODES.join(', ')}, not ${describe(mode)}`);
  const limit = readInteger(
    issues,
    input.limit ?? DEFAULT_RECALL_LIMIT,
    ['limit'],
    1,
    MAX_RECALL_LIMIT,
  );
  const request: RecallRequest = {
    mode,
    query,
    text: issues.failed ? null : issues.attempt(() => buildTextQuery(query), null),
    filter: issues.attempt(() => parseWhere(input.where, ['where']), null),
    limit,
    minScore: readNumber(issues, input.minScore ?? 0, ['minScore']),
    weights: readWeights(issues, input.weights),
    candidates: {
      text: readCandidates(issues, input.candidates?.text, 'text', limit),
      semantic: readCandidates(issues, input.candidates?.semantic, 'semantic', limit),
    },
    includeSuperseded: input.includeSuperseded ?? false,
    touch: input.touch ?? true,
  };
  issues.throwIfAny();
  return request;
}

function readWeights(
  issues: IssueCollector,
  weights: RecallInput['weights'],
): RecallRequest['weights'] {
  const text = readNumber(issues, weights?.text ?? DEFAULT_WEIGHTS.text, ['weights', 'text']);
  const semantic = readNumber(issues, weights?.semantic ?? DEFAULT_WEIGHTS.semantic, [
    'weights',
    'semantic',
  ]);
  if (text + semantic > 0) return { text, semantic };
  issues.add(['weights'], 'must not both be 0');
  return DEFAULT_WEIGHTS;
}

function readNumber(issues: IssueCollector, value: unknown, path: readonly string[]): number {
  if (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY) return value;
  issues.add(path, `must be a finite number, 0 or more, not ${describe(value)}`);
  return 0;
}

/** Fewer candidates than hits would leave hits out that were asked for. */
function readCandidates(
  issues: IssueCollector,
  value: number | null | undefined,
  arm: 'text' | 'semantic',
  limit: number,
): number {
  const wanted = value ?? DEFAULT_RECALL_CANDIDATES[arm];
  const count = readInteger(issues, wanted, ['candidates', arm], 1, MAX_RECALL_CANDIDATES);
  return Math.max(count, limit);
}
