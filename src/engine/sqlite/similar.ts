import type { ReadMap } from '../backends/read-map.ts';
import type { SimilarRecord } from '../backends/relation-reads.ts';
import type { MemoryRecord } from '../model/memory-record.ts';
import { toVector } from '../vectors/quantised-vector.ts';
import { live } from './apply-operation.ts';
import type { CodeCache } from './code-cache.ts';
import { readEmbeddingStates } from './embedding-reads.ts';
import { verifiedBytes } from './embeddings.ts';
import { findMemories } from './get-memories.ts';
import { RecallScope } from './recall-scope.ts';
import { FILE_SOURCE } from './record-source.ts';
import { semanticArm } from './semantic-arm.ts';
import type { StatementCache } from './statement-cache.ts';

const VECTOR = `SELECT e.embedder_id, d.model, e.scale, e.crc, e.vector FROM main.embeddings e
  CROSS JOIN main.embedders d WHERE e.memory_id = ? AND e.state = 'READY' AND d.id = e.embedder_id`;

/** The memories whose vectors are nearest to that of one memory, among those of the same model; the memory itself is left out. */
export function readSimilar(
  statements: StatementCache,
  { namespace, target, limit, now }: ReadMap['similar']['args'],
  codes: CodeCache,
): ReadMap['similar']['result'] {
  const [found] = findMemories(statements, namespace, [target]);
  const memory = live(found, now);
  if (memory === undefined) return null;
  const row = statements.row(VECTOR, memory.id);
  if (row === undefined) {
    const [status = null] = readEmbeddingStates(statements, { namespace, ids: [memory.id] });
    return { status };
  }
  const [embedderId, model, scale, crc, blob] = row as [number, string, number, number, Buffer];
  const values = toVector(verifiedBytes(memory.id, embedderId, scale, blob, crc), scale);
  const scope = new RecallScope(
    statements,
    {
      namespace,
      query: null,
      vectors: [{ model, values }],
      named: [],
      filter: null,
      limit,
      // The memory is the nearest to itself.
      candidates: { text: 0, semantic: limit + 1 },
      weights: { text: 0, semantic: 1 },
      includeSuperseded: false,
      now,
    },
    FILE_SOURCE,
    { codes },
  );
  const { matches } = semanticArm(scope, { model, values }, []);
  const nearest = matches.filter(({ id }) => id !== memory.id).slice(0, limit);
  const targets = nearest.map(({ id }) => ({ id }));
  const records = findMemories(statements, namespace, targets);
  return {
    similar: nearest.flatMap(({ similarity }, index) => toSimilar(records[index], similarity)),
  };
}

function toSimilar(record: MemoryRecord | undefined, similarity: number): readonly SimilarRecord[] {
  return record === undefined ? [] : [{ record, similarity }];
}
