import { CHANGE_COLUMNS, isChangeKind, readLogBounds } from '../change-log.ts';
import { readRow } from '../record-row.ts';
import type { StatementCache } from '../statement-cache.ts';
import type { Findings } from './findings.ts';

/** Entries read in one statement. */
const PAGE = 500;

const ENTRIES = `SELECT ${CHANGE_COLUMNS}, (SELECT max(seq) FROM main.changes n WHERE n.memory_id = c.memory_id)
  FROM main.changes c WHERE seq > ? ORDER BY seq LIMIT ?`;
const CURRENT = 'SELECT version, crc FROM main.memories NOT INDEXED WHERE id = ?';
const OUTCOMES = 'SELECT csn, txid, at FROM main.tx_log';

/** What the entry before the one looked at said. */
interface Previous {
  readonly seq: number;
  readonly csn: number;
  readonly txid: string;
  readonly at: number;
}

/**
 * Goes through the change log from an entry on: checksums, no gap in the positions, commit numbers in order, one time and one
 * transaction for a commit, and the newest entry of each memory against the memory itself. Returns how many entries there are.
 */
export function checkLog(
  statements: StatementCache,
  afterSeq: number,
  findings: Findings,
  onRows: (count: number) => void,
): number {
  const { headSeq } = readLogBounds(statements);
  const checker = new LogChecker(statements, findings);
  let total = 0;
  for (let after = afterSeq; ; ) {
    const rows = statements.rows(ENTRIES, after, PAGE);
    const last = rows.at(-1);
    if (last === undefined) break;
    for (const row of rows) checker.check(row);
    if (!((last[17] as number) > after)) {
      checker.outOfOrder();
      break;
    }
    after = last[17] as number;
    total += rows.length;
    onRows(rows.length);
  }
  checker.end(headSeq);
  return total;
}

class LogChecker {
  readonly #statements: StatementCache;
  readonly #findings: Findings;
  readonly #outcomes: ReadonlyMap<number, readonly [string, number]>;
  #previous: Previous | null = null;

  constructor(statements: StatementCache, findings: Findings) {
    this.#statements = statements;
    this.#findings = findings;
    this.#outcomes = new Map(
      statements
        .rows(OUTCOMES)
        .map(([csn, txid, at]) => [csn as number, [txid as string, at as number]]),
    );
  }

  check(row: readonly unknown[]): void {
    const { record, sound } = readRow(row);
    const [seq, csn, txid, kind, at, newest] = row.slice(17) as [
      number,
      number,
      string,
      string,
      number,
      number,
    ];
    // Its namespace may be what is damaged, so it may be missing anywhere.
    if (!sound) this.#entry(seq, [], 'does not match its checksum');
    else if (!isChangeKind(kind)) this.#entry(seq, row, 'is of no known kind');
    if (seq > 0) {
      this.#checkOrder({ seq, csn, txid, at });
      if (sound && kind !== 'deleted' && record.csn !== csn)
        this.#entry(seq, [], 'names another commit than its memory');
    }
    if (sound && seq === newest) this.#checkMemory(row, kind);
  }

  /** The log must reach to the newest position that was given away. */
  end(headSeq: number): void {
    const last = this.#previous?.seq;
    if (last === undefined || last === headSeq) return;
    this.#gap(`the change log ends at entry ${last}, ${headSeq} was written`);
  }

  /** Positions that do not ascend in a scan would never end. */
  outOfOrder(): void {
    this.#gap('the entries of the change log are out of order');
  }

  /** Places and times order the history of all namespaces, so none is named. */
  #checkOrder(entry: Previous): void {
    const previous = this.#previous;
    this.#previous = entry;
    if (previous !== null) {
      if (entry.seq !== previous.seq + 1)
        this.#gap(`entries ${previous.seq + 1} to ${entry.seq - 1} of the change log are missing`);
      if (entry.csn < previous.csn) this.#entry(entry.seq, [], 'is of an earlier commit');
      const sameCommit = entry.csn === previous.csn;
      if (sameCommit && (entry.txid !== previous.txid || entry.at !== previous.at))
        this.#entry(entry.seq, [], 'differs from its commit in transaction or time');
    }
    const outcome = this.#outcomes.get(entry.csn);
    if (outcome !== undefined && (outcome[0] !== entry.txid || outcome[1] !== entry.at))
      this.#entry(entry.seq, [], 'differs from the noted outcome of its commit');
  }

  /** The newest entry of a memory is what the memory is now. */
  #checkMemory(row: readonly unknown[], kind: string): void {
    const [id, namespace, key] = row as [number, string, string];
    const current = this.#statements.row(CURRENT, id);
    const place = { area: 'rows', table: 'memories', id } as const;
    const name = `memory ${id} (${JSON.stringify(key)})`;
    if (kind === 'deleted') {
      if (current !== undefined)
        this.#findings.structure({ ...place, problem: `${name} is there, but was deleted` });
    } else if (current === undefined) {
      // Its index entries may still be there or not, so nobody can tell what else is missing.
      this.#findings.structure({ ...place, namespace, key, problem: `${name} is missing` });
    } else if (current[0] !== row[9] || current[1] !== row[16]) {
      this.#findings.entry({
        ...place,
        namespace,
        key,
        problem: `${name} is not as its newest change left it`,
      });
    }
  }

  #entry(seq: number, row: readonly unknown[], problem: string): void {
    const [, namespace, key] = row;
    this.#findings.entry({
      area: 'log',
      table: 'changes',
      id: seq,
      namespace: typeof namespace === 'string' ? namespace : null,
      key: typeof key === 'string' ? key : null,
      problem: `entry ${seq} of the change log ${problem}`,
    });
  }

  #gap(problem: string): void {
    this.#findings.structure({ area: 'log', table: 'changes', problem });
  }
}
