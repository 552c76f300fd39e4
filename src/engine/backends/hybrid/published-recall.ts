import { PUBLISHED_SECTIONS, type PublishedSection, type Section } from '../../model/section.ts';
import type { VectorStore } from '../../participants/vector-store.ts';
import { requiredSections } from '../../search/required-sections.ts';
import type { ReadMap } from '../read-map.ts';
import type { PublishedCandidates } from '../recall-reads.ts';

/** Records asked for, as a multiple of the candidates: dead ones and what a filter drops are among them (engine.md section 3). */
const OVERSAMPLING = 3;
/** A recall waits this long for Chroma, which answers in 5 to 40 ms; then the index in the database serves. */
const QUERY_MS = 400;

/** `problem`: why the store could not be asked; null = it need not. */
export type Published =
  | { readonly published: PublishedCandidates }
  | { readonly published: null; readonly problem: string | null };

const SECTIONS: ReadonlySet<Section> = new Set(PUBLISHED_SECTIONS);

/** Asks the vector store for what is near to a query, in the sections that it holds. Never rejects. */
export async function askVectorStore(
  store: VectorStore,
  model: string,
  args: ReadMap['recall']['args'],
  { sinceSeq, deadline }: { readonly sinceSeq: number; readonly deadline: number },
): Promise<Published> {
  const [vector, ...others] = args.vectors;
  // While memories are embedded anew there are vectors of two models; the store holds one.
  if (vector === undefined || others.length > 0 || vector.model !== model)
    return { published: null, problem: null };
  const required = requiredSections(args.filter);
  const sections = required.filter((section): section is PublishedSection => SECTIONS.has(section));
  if (sections.length === 0) return { published: null, problem: null };
  if (!store.available) return { published: null, problem: awayProblem(store) };
  store.useModel(model, vector.values.length);
  const limit = OVERSAMPLING * args.candidates.semantic;
  const until = Math.min(deadline, Date.now() + QUERY_MS);
  try {
    const all = await Promise.all(
      sections.map(async (section) => {
        const name = { namespace: args.namespace, section };
        return { section, ...(await store.nearest(name, vector.values, limit, until)) };
      }),
    );
    // What has no collection may never have been published, or be lost: the database knows.
    const answers = all.filter(({ exists }) => exists);
    if (answers.length === 0) return { published: null, problem: null };
    const held = new Set<Section>(answers.map(({ section }) => section));
    return {
      published: {
        sections: answers.map(({ section }) => section),
        records: answers.flatMap(({ found }) => found.map(({ id }) => id)),
        isComplete: answers.every(({ complete }) => complete),
        sinceSeq,
        otherSections: required.filter((section) => !held.has(section)),
      },
    };
  } catch {
    // The store counts and shows the failure; the recall is served by the index in the database.
    return { published: null, problem: awayProblem(store) };
  }
}

function awayProblem(store: VectorStore): string {
  const reason = store.statistics().message ?? 'it did not answer in time';
  return `Chroma could not be asked, the vectors in the database served: ${reason}`;
}
