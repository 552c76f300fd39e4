import type { VectorCheck } from './vector-check.ts';

export interface BatchPlan {
  /** Texts in one call at most. */
  readonly batchSize: number;
  /** Written before every text. */
  readonly prefix: string;
  /** Puts texts of like length into one batch, for models that pad each batch to its longest text. */
  readonly byLength: boolean;
  readonly check: VectorCheck;
  /** One call: a vector for each text, in order; anything else is refused by the check. */
  readonly embedBatch: (texts: readonly string[]) => Promise<readonly unknown[]>;
}

/**
 * One batch after the other, answered in the order of the texts. A text of white space alone gives null without a call,
 * because servers refuse the whole batch for it. Ends with the signal's reason between two batches.
 */
export async function embedInBatches(
  texts: readonly string[],
  signal: AbortSignal,
  plan: BatchPlan,
): Promise<readonly (Float32Array | null)[]> {
  signal.throwIfAborted();
  const vectors: (Float32Array | null)[] = texts.map(() => null);
  const textAt = (position: number): string => texts[position] ?? '';
  const positions = [...texts.keys()].filter((position) => textAt(position).trim() !== '');
  if (plan.byLength) positions.sort((a, b) => textAt(a).length - textAt(b).length);
  for (let start = 0; start < positions.length; start += plan.batchSize) {
    const batch = positions.slice(start, start + plan.batchSize);
    const answer = await plan.embedBatch(batch.map((position) => plan.prefix + textAt(position)));
    signal.throwIfAborted();
    const accepted = plan.check.accept(answer, batch);
    for (const [index, position] of batch.entries()) vectors[position] = accepted[index] ?? null;
  }
  return vectors;
}
