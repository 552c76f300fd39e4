import type { PublishedCandidates } from '../backends/recall-reads.ts';
import type { RecallScope } from './recall-scope.ts';

/** Memories that the vector store does not know yet and that are compared here; more of them, and the index here serves. */
const MAX_UNPUBLISHED = 512;

const LIVE = `SELECT p.memory_id FROM json_each(?) AS listed CROSS JOIN main.published_vectors p ON p.record = listed.value
  WHERE p.namespace = ?`;
const CHANGED =
  'SELECT DISTINCT memory_id FROM main.changes WHERE seq > ? AND namespace = ? LIMIT ?';
const UNPUBLISHED = `SELECT memory_id FROM main.outbox WHERE op = 'put' AND namespace = ?
  AND section IN (SELECT value FROM json_each(?)) LIMIT ?`;
const HOLDS_ANY =
  'SELECT 1 FROM main.memories m JOIN main.embeddings e ON e.memory_id = m.id WHERE m.namespace = ? AND m.section = ? LIMIT 1';

/**
 * The memories that may be nearest among those of published sections: what the vector store found as far as it is live, what has
 * changed since it was asked, and what is not published yet. Null when too much of that is unknown to the store.
 */
export function publishedIds(
  { statements, args }: RecallScope,
  { records, sinceSeq, sections }: PublishedCandidates,
): readonly number[] | null {
  const limit = MAX_UNPUBLISHED + 1;
  const { namespace } = args;
  const unpublished = statements.rows(UNPUBLISHED, namespace, JSON.stringify(sections), limit);
  if (unpublished.length > MAX_UNPUBLISHED) return null;
  const changed = statements.rows(CHANGED, sinceSeq, namespace, limit);
  if (changed.length > MAX_UNPUBLISHED) return null;
  const live = statements.rows(LIVE, JSON.stringify(records), namespace);
  return [...new Set([...live, ...changed, ...unpublished].map(([id]) => id as number))];
}

/** Whether any of the sections holds a vector; the store does not know those. */
export function holdsVectors(
  { statements, args }: RecallScope,
  sections: PublishedCandidates['otherSections'],
): boolean {
  return sections.some(
    (section) => statements.row(HOLDS_ANY, args.namespace, section) !== undefined,
  );
}
