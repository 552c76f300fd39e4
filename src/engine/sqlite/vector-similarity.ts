import { cosineSimilarity, scaleOf } from '../vectors/quantised-vector.ts';
import { soundBytes, vectorChecksum } from './embeddings.ts';
import type { StatementCache } from './statement-cache.ts';

const READY_VECTORS = `FROM json_each(?) AS listed CROSS JOIN main.embeddings e
  WHERE e.memory_id = listed.value AND e.embedder_id = ? AND e.state = 'READY'`;
/** All vectors as one blob: the text that group_concat makes of blobs are their bytes, one behind the other. */
const TOGETHER = `SELECT json_group_array(e.memory_id), sum(e.crc), sum(e.scale), CAST(group_concat(e.vector, '') AS BLOB) ${READY_VECTORS}`;
const ONE_BY_ONE = `SELECT e.memory_id, e.scale, e.crc, e.vector ${READY_VECTORS}`;

/** Of vectors that are fetched together. */
const MAX_BYTES = 1_048_576;

/** Relative; wider than the rounding of sums, and far below what a changed bit does to a scale that matters. */
const SUM_TOLERANCE = 1e-9;

/** What a query is compared with. */
export interface ComparedVectors {
  /** In the order of the ids that were asked for. */
  readonly similar: readonly Similar[];
  /** Memories whose vectors do not match their checksums. */
  readonly damaged: readonly number[];
}

export interface Similar {
  readonly id: number;
  /** Cosine: -1..1. */
  readonly similarity: number;
}

/**
 * The cosines of a query with the vectors of those ids that have one of the model, each verified by its checksum. Fetched as one row:
 * 300 rows with a blob each take 1.6 ms, one row with all of them 0.8. Only when the sums tell that something is damaged are they
 * fetched one by one, to find what.
 */
export function compareVectors(
  statements: StatementCache,
  embedderId: number,
  query: Float32Array,
  ids: readonly number[],
): ComparedVectors {
  const similar: Similar[] = [];
  const damaged: number[] = [];
  const atOnce = Math.max(1, Math.floor(MAX_BYTES / query.length));
  for (let from = 0; from < ids.length; from += atOnce) {
    const list = JSON.stringify(ids.slice(from, from + atOnce));
    const sound = compareTogether(statements, embedderId, query, list, similar);
    if (!sound) compareOneByOne(statements, embedderId, query, list, { similar, damaged });
  }
  return { similar, damaged };
}

/** Adds them to `similar`; or nothing, and answers false, when a vector, a scale or a checksum is damaged. */
function compareTogether(
  statements: StatementCache,
  embedderId: number,
  query: Float32Array,
  list: string,
  similar: Similar[],
): boolean {
  const row = statements.row(TOGETHER, list, embedderId);
  if (row === undefined || row[3] === null) return true;
  const [idsText, checksums, scales, blob] = row as [string, number, number, Buffer];
  const ids = JSON.parse(idsText) as number[];
  const dimension = query.length;
  if (blob.length !== ids.length * dimension) return false;
  const bytes = new Int8Array(blob.buffer, blob.byteOffset, blob.length);
  const found: Similar[] = [];
  let checksumsLeft = checksums;
  let scalesLeft = scales;
  for (const [index, id] of ids.entries()) {
    const from = index * dimension;
    // A real number would lose digits as text, but the scale follows from the bytes.
    const scale = scaleOf(bytes, from, from + dimension);
    const vector = blob.subarray(from, from + dimension);
    checksumsLeft -= vectorChecksum(id, embedderId, scale, vector);
    scalesLeft -= scale;
    found.push({ id, similarity: cosineSimilarity(query, bytes, scale, from) });
  }
  if (checksumsLeft !== 0 || Math.abs(scalesLeft) > SUM_TOLERANCE * scales) return false;
  for (const one of found) similar.push(one);
  return true;
}

function compareOneByOne(
  statements: StatementCache,
  embedderId: number,
  query: Float32Array,
  list: string,
  { similar, damaged }: { readonly similar: Similar[]; readonly damaged: number[] },
): void {
  for (const row of statements.rows(ONE_BY_ONE, list, embedderId)) {
    const [id, scale, crc, vector] = row as [number, number, number, Buffer];
    const bytes = soundBytes(id, embedderId, scale, vector, crc);
    if (bytes === null) damaged.push(id);
    else similar.push({ id, similarity: cosineSimilarity(query, bytes, scale) });
  }
}
