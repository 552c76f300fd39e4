import { at } from '../random.ts';
import { Workload, type WorkloadItem } from '../workload.ts';

/** Kinds of recall whose right answer is known: a rare word, and a sentence with it. */
export const KINDS = ['project', 'question'] as const;
export type Kind = (typeof KINDS)[number];

/** A query made from one memory, which should be among the answers. */
export interface Question {
  readonly query: string;
  readonly wanted: string;
}

/** What all peers get: the same memories, questions and stores. */
export interface PeerPlan {
  readonly items: readonly WorkloadItem[];
  /** No question comes twice, so no cache answers one. */
  readonly questions: Readonly<Record<Kind, readonly Question[]>>;
  /** Memories that come after `items`; keys never repeat. */
  take(count: number): readonly WorkloadItem[];
}

/** RangeError when so many different questions cannot be made of so few memories. */
export function planOf(seed: number, memories: number, questions: number): PeerPlan {
  const workload = new Workload(seed);
  const items = workload.take(memories);
  return {
    items,
    questions: {
      project: questionsOf(workload, 'project', items, questions),
      question: questionsOf(workload, 'question', items, questions),
    },
    take: (count) => workload.take(count),
  };
}

/** Spread over all memories. */
function questionsOf(
  workload: Workload,
  kind: Kind,
  items: readonly WorkloadItem[],
  count: number,
): readonly Question[] {
  const found = new Map<string, Question>();
  const step = Math.max(1, Math.floor(items.length / (2 * count)));
  for (let index = 0; found.size < count; index += step) {
    if (index >= items.length)
      throw new RangeError(`${items.length} memories are too few for ${count} different questions`);
    const item = at(items, index);
    const query = workload.query(kind, [item]);
    if (!found.has(query)) found.set(query, { query, wanted: item.key });
  }
  return [...found.values()];
}
