import type { OutboxWork, Settlement } from '../backends/outbox-store.ts';
import { MemoryDataCorruptionError } from '../errors.ts';
import type { OutboxEntry, ParticipantName } from '../model/participation.ts';
import type { PublishedSection } from '../model/section.ts';
import { toVector } from '../vectors/quantised-vector.ts';
import { verifiedBytes } from './embeddings.ts';
import type { StatementCache } from './statement-cache.ts';

const INSERT = `INSERT INTO outbox (target, op, csn, txid, namespace, section, memory_id, names) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
const PUT = `INSERT INTO outbox (target, op, csn, namespace, section, memory_id) VALUES ('chroma', 'put', ?, ?, ?, ?)
  ON CONFLICT (memory_id) WHERE op = 'put' DO UPDATE SET csn = excluded.csn, namespace = excluded.namespace, section = excluded.section`;
const CANCEL_PUT = "DELETE FROM outbox WHERE op = 'put' AND memory_id = ?";
const SELECT_PUTS =
  "SELECT csn, seq FROM outbox WHERE op = 'put' AND csn > ? AND csn <= ? ORDER BY seq";
const SELECT_OF_COMMIT =
  "SELECT seq, target FROM outbox WHERE csn = ? AND op <> 'remove' ORDER BY seq";
const DELETE = 'DELETE FROM outbox WHERE seq IN (SELECT value FROM json_each(?))';
const DELETE_TARGET = 'DELETE FROM outbox WHERE target = ?';
const READ = `SELECT o.seq, o.op, o.txid, o.namespace, o.section, o.memory_id, o.names,
    e.embedder_id, e.text_crc, e.scale, e.crc, e.vector
  FROM main.outbox o LEFT JOIN main.embeddings e ON o.op = 'put' AND e.memory_id = o.memory_id AND e.state = 'READY'
    AND e.embedder_id = (SELECT embedder_id FROM main.engine_meta WHERE id = 1)
  WHERE o.target = ? AND o.seq > ? ORDER BY o.seq LIMIT ?`;
const COUNTS = `SELECT target, count(*), min(seq) FROM main.outbox GROUP BY target`;

/** After the commit the fence of the unit has to go, whatever happens to this process. */
export function addPromotion(
  statements: StatementCache,
  promotion: {
    readonly csn: number;
    readonly txid: string;
    readonly namespace: string;
    readonly keys: readonly string[];
  },
): OutboxEntry {
  const { csn, txid, namespace, keys } = promotion;
  const { lastInsertRowid } = statements
    .use(INSERT)
    .run('redis', 'promote', csn, txid, namespace, null, null, JSON.stringify(keys));
  return { seq: Number(lastInsertRowid), target: 'redis' };
}

/** The memory's vector is to be published; one open request for each memory. */
export function addPut(
  statements: StatementCache,
  csn: number,
  namespace: string,
  section: string,
  memoryId: number,
): void {
  statements.run(PUT, csn, namespace, section, memoryId);
}

export function cancelPut(statements: StatementCache, memoryId: number): void {
  statements.run(CANCEL_PUT, memoryId);
}

/** A record that nothing refers to any more. */
export function addRemoval(
  statements: StatementCache,
  csn: number,
  namespace: string,
  section: string,
  record: string,
): void {
  statements.run(INSERT, 'chroma', 'remove', csn, null, namespace, section, null, record);
}

/** Open puts that commits above `after` up to `upTo` asked for, by commit number. */
export function putsOfCommits(
  statements: StatementCache,
  after: number,
  upTo: number,
): ReadonlyMap<number, readonly OutboxEntry[]> {
  const byCommit = new Map<number, OutboxEntry[]>();
  for (const [csn, seq] of statements.rows(SELECT_PUTS, after, upTo) as [number, number][]) {
    const entries = byCommit.get(csn) ?? [];
    entries.push({ seq, target: 'chroma' });
    byCommit.set(csn, entries);
  }
  return byCommit;
}

/** What the answer to a commit told of, as far as it is still open. A scan: for the rare commit whose answer was lost. */
export function entriesOfCommit(statements: StatementCache, csn: number): readonly OutboxEntry[] {
  const rows = statements.rows(SELECT_OF_COMMIT, csn) as [number, ParticipantName][];
  return rows.map(([seq, target]) => ({ seq, target }));
}

export function deleteWork(statements: StatementCache, seqs: Settlement['done']): void {
  if (seqs.length > 0) statements.run(DELETE, JSON.stringify(seqs));
}

export function forgetTarget(statements: StatementCache, target: ParticipantName): void {
  statements.run(DELETE_TARGET, target);
}

/** What is to be done for a participant, the oldest first. */
export function readWork(
  statements: StatementCache,
  {
    target,
    afterSeq,
    limit,
  }: {
    readonly target: ParticipantName;
    readonly afterSeq: number;
    readonly limit: number;
  },
): readonly OutboxWork[] {
  return statements.rows(READ, target, afterSeq, limit).map(toWork);
}

export function countWork(statements: StatementCache): Readonly<Record<ParticipantName, number>> {
  const counts = { redis: 0, chroma: 0 };
  for (const [target, count] of statements.rows(COUNTS))
    counts[target as ParticipantName] = count as number;
  return counts;
}

function toWork(row: readonly unknown[]): OutboxWork {
  const seq = row[0] as number;
  const namespace = row[3] as string;
  if (row[1] === 'promote')
    return {
      seq,
      op: 'promote',
      txid: row[2] as string,
      namespace,
      keys: JSON.parse(row[6] as string) as string[],
    };
  const section = row[4] as PublishedSection;
  if (row[1] === 'remove')
    return { seq, op: 'remove', namespace, section, record: row[6] as string };
  const memoryId = row[5] as number;
  return { seq, op: 'put', namespace, section, memoryId, vector: vectorOf(memoryId, row) };
}

/** A damaged vector is as good as none: whoever remakes it asks for its publication again. */
function vectorOf(
  memoryId: number,
  row: readonly unknown[],
): Extract<OutboxWork, { op: 'put' }>['vector'] {
  const embedderId = row[7] as number | null;
  if (embedderId === null) return null;
  const scale = row[9] as number;
  try {
    const bytes = verifiedBytes(memoryId, embedderId, scale, row[11] as Buffer, row[10] as number);
    return { embedderId, textCrc: row[8] as number, values: toVector(bytes, scale) };
  } catch (error) {
    if (error instanceof MemoryDataCorruptionError) return null;
    throw error;
  }
}
