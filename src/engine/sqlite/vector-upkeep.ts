import type { Commit } from '../backends/backend.ts';
import type { EmbeddedText } from '../backends/embedded-text.ts';
import type { MemoryRecord } from '../model/memory-record.ts';
import type { SqliteDatabase } from './database.ts';
import { findMemoryById, findSoundMemory } from './memories.ts';
import type { StatementCache } from './statement-cache.ts';
import type { VectorWriter } from './vector-writer.ts';

/** Takes the answers of a slow embedder; returns the memories whose vectors changed. Answers for texts of the past are dropped. */
export function saveEmbeddings(
  database: SqliteDatabase,
  statements: StatementCache,
  vectors: VectorWriter,
  answers: readonly EmbeddedText[],
): Commit['touched'] {
  return change(database, vectors, () =>
    answers.flatMap((answer) => {
      const record = findMemoryById(statements, answer.memoryId);
      return vectors.takeAnswer(record, answer) && record !== undefined ? [record] : [];
    }),
  );
}

/** Makes damaged or missing vectors anew, and the sign codes of the blocks around them. Rows that are damaged themselves are left out. */
export function healVectors(
  database: SqliteDatabase,
  statements: StatementCache,
  vectors: VectorWriter,
  ids: readonly number[],
): Commit['touched'] {
  return change(database, vectors, () => {
    const records = ids.flatMap((id) => findSoundMemory(statements, id));
    vectors.heal(records, ids);
    return records;
  });
}

/** One commit; the vector writer forgets what it kept when it fails. */
function change(
  database: SqliteDatabase,
  vectors: VectorWriter,
  work: () => readonly MemoryRecord[],
): Commit['touched'] {
  try {
    const records = database
      .transaction(() => {
        const changed = work();
        vectors.flush();
        return changed;
      })
      .immediate();
    return records.map(({ namespace, id, key, persona }) => ({
      ...{ namespace, memoryId: id, key, persona },
    }));
  } catch (error) {
    vectors.rolledBack();
    throw error;
  }
}
