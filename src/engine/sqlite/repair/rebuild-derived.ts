import { crc32 } from 'node:zlib';
import { embeddableText } from '../../search/embeddable-text.ts';
import { toVector } from '../../vectors/quantised-vector.ts';
import { signCode } from '../../vectors/sign-code.ts';
import { CodeIndex } from '../code-index.ts';
import { savePlace } from '../conversation-turns.ts';
import type { SqliteDatabase } from '../database.ts';
import { vectorChecksum } from '../embeddings.ts';
import { insertText } from '../full-text.ts';
import { RECORD_COLUMNS, RECORD_SOURCE, recordFromRow } from '../record-row.ts';
import { StatementCache } from '../statement-cache.ts';

/** Memories of one statement. */
const PAGE = 500;
const MEMORIES = `SELECT ${RECORD_COLUMNS}, e.embedder_id, e.state, e.text_crc, e.scale, e.crc, e.vector
  FROM ${RECORD_SOURCE} LEFT JOIN embeddings e ON e.memory_id = m.id WHERE m.id > ? ORDER BY m.id LIMIT ?`;
const DROP_VECTOR = 'DELETE FROM embeddings WHERE memory_id = ?';
const HAS_EMBEDDER = 'SELECT embedder_id FROM engine_meta WHERE id = 1';

export interface RebuiltVectors {
  readonly saved: number;
  readonly missing: number;
}

/** Makes the full text, the turns and the sign codes anew from the memories and vectors of the new file; drops vectors that do not match. */
export function rebuildDerived(
  target: SqliteDatabase,
  onRows: (count: number) => void,
): RebuiltVectors {
  const statements = new StatementCache(target);
  const codes = new CodeIndex(statements);
  const wanted = statements.row(HAS_EMBEDDER)?.[0] != null;
  let saved = 0;
  let missing = 0;
  for (let after = 0; ; ) {
    const rows = statements.rows(MEMORIES, after, PAGE);
    const last = rows.at(-1);
    if (last === undefined) break;
    for (const row of rows) {
      const record = recordFromRow(row);
      insertText(statements, record);
      savePlace(statements, record, true);
      const [embedderId, state, textCrc, scale, crc, vector] = row.slice(17) as [
        number | null,
        string,
        number,
        number,
        number,
        Buffer,
      ];
      const text = embeddableText(record);
      if (embedderId === null) {
        if (wanted && text !== '') missing += 1;
        continue;
      }
      if (
        crc32(text) !== textCrc ||
        (state === 'READY' && vectorChecksum(record.id, embedderId, scale, vector) !== crc)
      ) {
        statements.run(DROP_VECTOR, record.id);
        missing += 1;
      } else if (state === 'READY') {
        const bytes = new Int8Array(vector.buffer, vector.byteOffset, vector.length);
        codes.set(embedderId, record.namespace, record.id, signCode(toVector(bytes, scale)));
        saved += 1;
      }
    }
    codes.flush();
    after = last[0] as number;
    onRows(rows.length);
  }
  return { saved, missing };
}
