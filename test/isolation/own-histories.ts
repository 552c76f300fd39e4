import type { Content } from './driver.ts';
import { committed, type History, transaction } from './history.ts';

/* Our own histories: what deletes, re-creation, increments and snapshots add to Hermitage. */

const a = transaction('a');
const b = transaction('b');
const c = transaction('c');

const START: Content = { x: 10, y: 20 };
const onlyA = { a: 'CONFLICT' };
const onlyB = { b: 'CONFLICT' };

export const OWN_HISTORIES: readonly History[] = [
  {
    name: 'P4 with increment: no update is lost even without a snapshot',
    start: START,
    steps: [a.begin, b.begin, a.increment('x', 1), b.increment('x', 1), a.commit, b.commit],
    anomaly: (seen) => committed(seen, 'a', 'b') && seen.final['x'] !== 12,
    preventedFrom: 'READ_COMMITTED',
    refused: { REPEATABLE_READ: onlyB, SERIALIZABLE: onlyB },
  },
  {
    name: 'a memory that was deleted and made again with the same number counts as changed',
    start: START,
    steps: [
      a.begin,
      b.begin,
      a.read('x', 'x'),
      b.delete('x'),
      b.write('x', 10),
      b.commit,
      a.write('y', 21),
      a.commit,
    ],
    anomaly: (seen) => committed(seen, 'a', 'b'),
    preventedFrom: 'SERIALIZABLE',
    refused: { SERIALIZABLE: onlyA },
  },
  {
    name: 'a write over a memory that was deleted and made again is refused',
    start: START,
    steps: [
      a.begin,
      b.begin,
      a.read('x', 'x'),
      b.delete('x'),
      b.write('x', 10),
      b.commit,
      a.write('x', 11),
      a.commit,
    ],
    anomaly: (seen) => committed(seen, 'a', 'b'),
    preventedFrom: 'REPEATABLE_READ',
    refused: { REPEATABLE_READ: onlyA, SERIALIZABLE: onlyA },
  },
  {
    name: 'a memory that came and went disturbs nobody who saw neither',
    start: START,
    steps: [
      a.begin,
      b.begin,
      a.read('z', 'z'),
      b.write('z', 30),
      b.commit,
      c.begin,
      c.delete('z'),
      c.commit,
      a.write('x', 11),
      a.commit,
    ],
    anomaly: (seen) => !committed(seen, 'a', 'b', 'c') || seen.final['x'] !== 11,
    preventedFrom: 'READ_COMMITTED',
    refused: {},
  },
  {
    name: 'a write to a memory that was deleted meanwhile does not bring it back in parts',
    start: START,
    steps: [
      a.begin,
      b.begin,
      a.increment('x', 1),
      a.write('y', 21),
      b.delete('x'),
      b.commit,
      a.commit,
    ],
    anomaly: ({ final }) => final['x'] !== undefined || final['y'] !== 20,
    preventedFrom: 'READ_COMMITTED',
    refused: { READ_COMMITTED: { a: 'NOT_FOUND' }, REPEATABLE_READ: onlyA, SERIALIZABLE: onlyA },
  },
  {
    name: 'a reader of a snapshot does not see the half of a later commit, and is never refused',
    start: START,
    steps: [
      a.begin,
      a.read('x', 'x'),
      b.begin,
      b.write('x', 11),
      b.delete('y'),
      b.write('z', 9),
      b.commit,
      a.list('all', 'rest'),
      a.commit,
    ],
    anomaly: ({ reads }) => JSON.stringify(reads['rest']) !== JSON.stringify(START),
    preventedFrom: 'REPEATABLE_READ',
    refused: {},
  },
];
