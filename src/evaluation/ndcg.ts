/**
 * Normalised discounted cumulative gain at k as the LongMemEval evaluation computes it (src/retrieval/eval_utils.py of
 * xiaowu0162/LongMemEval): DCG = rel₁ + Σ relᵢ / log₂(i) for i from 2, so that ranks 1 and 2 both count in full, divided by the
 * DCG of an ideal order of the whole corpus. The usual form divides by log₂(i + 1).
 *
 * `relevances` tells of the documents found, best first, which of them are relevant; `relevantTotal` counts the relevant
 * documents of the corpus. 0..1; 0 when there are none.
 */
export function ndcg(relevances: readonly boolean[], relevantTotal: number, k: number): number {
  const ideal = gain(Array.from({ length: Math.min(relevantTotal, k) }, () => true));
  return ideal === 0 ? 0 : gain(relevances.slice(0, k)) / ideal;
}

function gain(relevances: readonly boolean[]): number {
  return relevances.reduce(
    (sum, isRelevant, index) =>
      isRelevant ? sum + (index === 0 ? 1 : 1 / Math.log2(index + 1)) : sum,
    0,
  );
}
