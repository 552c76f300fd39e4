import type { ReadMap } from '../../src/engine/backends/read-map.ts';
import { buildTextQuery } from '../../src/engine/search/text-query.ts';

type RecallArguments = ReadMap['recall']['args'];

/** A recall by text alone, unless the other arguments say more; null = nothing to look for by text. */
export function recallArguments(
  namespace: string,
  text: string | null,
  args: Partial<RecallArguments> = {},
): RecallArguments {
  const query = text === null ? null : buildTextQuery(text);
  if (text !== null && query === null) throw new Error('the query holds no term');
  return {
    namespace,
    query,
    vectors: [],
    named: [],
    filter: null,
    limit: 100,
    candidates: { text: 100, semantic: 100 },
    weights: { text: 1, semantic: 0 },
    includeSuperseded: false,
    now: Date.now(),
    ...args,
  };
}
