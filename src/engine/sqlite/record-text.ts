import { crc32 } from 'node:zlib';
import { FIELD_SEPARATOR } from '../backends/packed-page.ts';

/**
 * A record as one text: its checksum, its accesses (empty when there were none), and then what the checksum covers in the same order
 * (record-row.ts). Fetching one value of a row instead of seventeen is what it is for: 33 µs of a list of 20 instead of 106. The usual
 * importance is written down, since SQLite takes a tenth of all this to make a text of a fraction.
 */
export const RECORD_TEXT = `concat_ws(char(0), m.crc, IFNULL(a.accessed_at, ''), IFNULL(a.access_count, ''),
  m.id, m.namespace, m.key, m.section, IFNULL(p.name, ''), IIF(m.importance = 0.5, '0.5', m.importance), m.version, m.csn, m.created_at, m.updated_at,
  IFNULL(m.expires_at, ''), m.tags, m.metadata, m.value)`;

/** Fields that the checksum does not cover. */
const UNCOVERED = 3;
/** Place of the importance behind them. */
const IMPORTANCE = 5;

/** Whether the text of a record matches its checksum. */
export function isSoundText(text: string): boolean {
  let at = -1;
  for (let field = 0; field < UNCOVERED; field += 1) at = text.indexOf(FIELD_SEPARATOR, at + 1);
  const checksum = Number(text.slice(0, text.indexOf(FIELD_SEPARATOR)));
  const covered = text.slice(at + 1);
  return crc32(covered) === checksum || crc32(asWritten(covered)) === checksum;
}

/** SQLite writes some numbers with other digits, 1.0 for 1 or the seventeenth one; the checksum was made of those of JavaScript. */
function asWritten(covered: string): string {
  const fields = covered.split(FIELD_SEPARATOR);
  fields[IMPORTANCE] = String(Number(fields[IMPORTANCE]));
  return fields.join(FIELD_SEPARATOR);
}
