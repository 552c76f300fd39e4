import { describe, expect, it } from 'vitest';
import type { AnomalyName } from './anomaly.ts';
import { checkHistory } from './check-history.ts';
import type { RecordedStep, RunRecord, TransactionRecord } from './transaction-record.ts';

const reads = (key: string, ...list: number[]): RecordedStep => ({
  kind: 'read',
  key,
  list,
  byQuery: false,
});
const finds = (key: string, ...list: number[]): RecordedStep => ({
  kind: 'read',
  key,
  list,
  byQuery: true,
});
const appends = (key: string, element: number): RecordedStep => ({ kind: 'append', key, element });

/** All transactions run at the same time unless a test says otherwise. */
function transaction(
  id: number,
  steps: readonly RecordedStep[],
  more: Partial<TransactionRecord> = {},
): TransactionRecord {
  const level = 'SERIALIZABLE';
  return {
    id,
    level,
    steps,
    takenBack: [],
    outcome: 'committed',
    began: 0,
    ended: 100 + id,
    ...more,
  };
}

function run(final: Record<string, number[]>, ...transactions: TransactionRecord[]): RunRecord {
  return { transactions, final: new Map(Object.entries(final)) };
}

describe('checkHistory', () => {
  it.each<[AnomalyName, RunRecord, RegExp]>([
    [
      'G0',
      run(
        { x: [1, 3], y: [4, 2] },
        transaction(1, [appends('x', 1), appends('y', 2)]),
        transaction(2, [appends('x', 3), appends('y', 4)]),
      ),
      /T1 -ww x: 3 after 1-> T2 -ww y: 2 after 4-> T1/,
    ],
    [
      'G1a',
      run(
        { x: [1] },
        transaction(1, [appends('x', 1)]),
        transaction(2, [], { outcome: 'aborted', takenBack: [9] }),
        transaction(3, [reads('x', 1, 9)]),
      ),
      /T3 saw x = \[1 9\]: x holds 9, which was taken back/,
    ],
    [
      'G1b',
      run(
        { x: [1, 2] },
        transaction(1, [appends('x', 1), appends('x', 2)]),
        transaction(2, [reads('x', 1)]),
      ),
      /T2 saw x = \[1\] before T1 had appended 2/,
    ],
    [
      'G1c',
      run(
        { x: [1], y: [2] },
        transaction(1, [appends('x', 1), reads('y', 2)]),
        transaction(2, [appends('y', 2), reads('x', 1)]),
      ),
      /-wr /,
    ],
    [
      'lost update',
      run(
        { x: [1, 2] },
        transaction(1, [appends('x', 1)]),
        transaction(2, [reads('x', 1), appends('x', 2)]),
        transaction(3, [reads('x', 1), appends('x', 3)]),
      ),
      /element 3 of T3 is gone/,
    ],
    [
      'lost update',
      run(
        { x: [1, 2, 3] },
        transaction(1, [appends('x', 1)]),
        transaction(2, [appends('x', 2)]),
        transaction(3, [reads('x', 1), appends('x', 3)]),
      ),
      /T3 -rw x: \[1\] read, then 2-> T2 -ww x: 3 after 2-> T3/,
    ],
    [
      'G-single',
      run(
        { x: [1], y: [2] },
        transaction(1, [appends('x', 1), appends('y', 2)]),
        transaction(2, [reads('x'), reads('y', 2)]),
      ),
      /T2 -rw x: \[\] read, then 1-> T1 -wr y: 2 read-> T2/,
    ],
    [
      'G2-item',
      run(
        { x: [1], y: [2] },
        transaction(1, [reads('y'), appends('x', 1)]),
        transaction(2, [reads('x'), appends('y', 2)]),
      ),
      /-rw .* -rw /,
    ],
    [
      'G2',
      run(
        { x: [1], y: [2] },
        transaction(1, [finds('y'), appends('x', 1)]),
        transaction(2, [finds('x'), appends('y', 2)]),
      ),
      /-rw .* -rw /,
    ],
    [
      // Two rw with a wr between them, twice: no snapshot shows this.
      'G-nonadjacent',
      run(
        { x: [1], y: [2], z: [3], w: [4] },
        transaction(1, [reads('x'), reads('w', 4)]),
        transaction(2, [appends('x', 1), appends('y', 2)]),
        transaction(3, [reads('y', 2), reads('z')]),
        transaction(4, [appends('z', 3), appends('w', 4)]),
      ),
      /-rw .*-wr .*-rw .*-wr /,
    ],
    [
      'internal',
      run({ x: [1] }, transaction(1, [appends('x', 1), reads('x')])),
      /T1 saw x = \[\] without its own \[1\]/,
    ],
    ['duplicate', run({ x: [1, 1] }, transaction(1, [appends('x', 1)])), /holds an element twice/],
  ])('finds %s and says where', (name, history, witness) => {
    const found = checkHistory(history);
    expect(found.map((anomaly) => anomaly.name)).toContain(name);
    expect(found.map((anomaly) => anomaly.witness).join('\n')).toMatch(witness);
  });

  it('finds a read that is stale in real time', () => {
    const found = checkHistory(
      run(
        { x: [1] },
        transaction(1, [appends('x', 1)], { began: 1, ended: 2 }),
        transaction(2, [reads('x')], { began: 3, ended: 4 }),
      ),
    );
    expect(found).toEqual([
      { name: 'G-single', witness: 'T2 -rw x: [] read, then 1-> T1 -rt-> T2' },
    ]);
  });

  it('finds nothing in a serial history', () => {
    const found = checkHistory(
      run(
        { x: [1, 2, 5], y: [3] },
        transaction(1, [appends('x', 1), appends('x', 2)], { began: 1, ended: 2 }),
        transaction(2, [reads('x', 1, 2), finds('y'), appends('y', 3), reads('y', 3)], {
          began: 3,
          ended: 4,
        }),
        transaction(3, [finds('y', 3), appends('x', 5)], { began: 5, ended: 6, takenBack: [4] }),
      ),
    );
    expect(found).toEqual([]);
  });
});
