import type { Content } from './driver.ts';
import { committed, type History, type Seen, transaction } from './history.ts';

/*
 * The histories of Hermitage (github.com/ept/hermitage, names after Adya) as data. They start with x = 10 and y = 20;
 * a, b and c are transactions. Each must show its anomaly at every level below `preventedFrom` and never from there on.
 */

const a = transaction('a');
const b = transaction('b');
const c = transaction('c');

const START: Content = { x: 10, y: 20 };
const THIRTY = { in: [30] };
const TWENTY = { in: [20] };
const MULTIPLES_OF_THREE = { in: Array.from({ length: 40 }, (_, index) => 3 * index) };
const MULTIPLES_OF_FIVE = { in: Array.from({ length: 25 }, (_, index) => 5 * index) };

const CONFLICT = 'CONFLICT';
const all = { a: CONFLICT, b: CONFLICT };
const onlyA = { a: all.a };
const onlyB = { b: all.b };

function isEmpty(read: Seen['reads'][string] | undefined): boolean {
  return typeof read === 'object' && read !== null && Object.keys(read).length === 0;
}

export const HERMITAGE: readonly History[] = [
  {
    name: 'G0: writes of two transactions never mix',
    start: START,
    steps: [
      a.begin,
      b.begin,
      a.write('x', 11),
      b.write('x', 12),
      a.write('y', 21),
      a.commit,
      b.write('y', 22),
      b.commit,
    ],
    anomaly: ({ final: { x, y } }) => !((x === 11 && y === 21) || (x === 12 && y === 22)),
    preventedFrom: 'READ_COMMITTED',
    refused: { REPEATABLE_READ: onlyB, SERIALIZABLE: onlyB },
  },
  {
    name: 'G1a: a write that is aborted is never read',
    start: START,
    steps: [
      a.begin,
      b.begin,
      a.write('x', 101),
      b.read('x', 'before'),
      a.abort,
      b.read('x', 'after'),
      b.commit,
    ],
    anomaly: ({ reads }) => reads['before'] === 101 || reads['after'] === 101,
    preventedFrom: 'READ_COMMITTED',
    refused: {},
  },
  {
    name: 'G1b: a write that its transaction replaces is never read',
    start: START,
    steps: [
      a.begin,
      b.begin,
      a.write('x', 101),
      b.read('x', 'before'),
      a.write('x', 11),
      a.commit,
      b.read('x', 'after'),
      b.commit,
    ],
    anomaly: ({ reads }) => reads['before'] === 101 || reads['after'] === 101,
    preventedFrom: 'READ_COMMITTED',
    refused: {},
  },
  {
    name: 'G1c: two transactions never read each other',
    start: START,
    steps: [
      a.begin,
      b.begin,
      a.write('x', 11),
      b.write('y', 22),
      a.read('y', 'a.y'),
      b.read('x', 'b.x'),
      a.commit,
      b.commit,
    ],
    anomaly: ({ reads }) => reads['a.y'] === 22 && reads['b.x'] === 11,
    preventedFrom: 'READ_COMMITTED',
    refused: { SERIALIZABLE: onlyB },
  },
  {
    name: 'OTV: what a transaction wrote does not vanish in parts',
    start: START,
    steps: [
      a.begin,
      b.begin,
      c.begin,
      a.write('x', 11),
      a.write('y', 19),
      b.write('x', 12),
      a.commit,
      c.read('x', 'x1'),
      b.write('y', 18),
      c.read('y', 'y1'),
      b.commit,
      c.read('y', 'y2'),
      c.read('x', 'x2'),
      c.commit,
    ],
    // Once c has seen b (y = 18), it must see all of b (x = 12).
    anomaly: ({ reads }) => reads['y1'] === 18 || (reads['y2'] === 18 && reads['x2'] !== 12),
    preventedFrom: 'READ_COMMITTED',
    refused: { REPEATABLE_READ: onlyB, SERIALIZABLE: onlyB },
  },
  {
    name: 'PMP: a memory does not appear under a predicate that was read before',
    start: START,
    steps: [
      a.begin,
      b.begin,
      a.list(THIRTY, 'first'),
      b.write('z', 30),
      b.commit,
      a.list(MULTIPLES_OF_THREE, 'second'),
      a.commit,
    ],
    anomaly: ({ reads }) => isEmpty(reads['first']) && !isEmpty(reads['second']),
    preventedFrom: 'REPEATABLE_READ',
    refused: {},
  },
  {
    name: 'PMP for writes: a delete by predicate does not meet what the predicate never matched',
    start: START,
    steps: [a.begin, b.begin, a.incrementAll('all', 10), b.deleteAll(TWENTY), a.commit, b.commit],
    anomaly: (seen) => committed(seen, 'a', 'b'),
    preventedFrom: 'REPEATABLE_READ',
    refused: { REPEATABLE_READ: onlyB, SERIALIZABLE: onlyB },
  },
  {
    name: 'P4: no update is lost',
    start: START,
    steps: [
      a.begin,
      b.begin,
      a.read('x', 'a.x'),
      b.read('x', 'b.x'),
      a.write('x', 11),
      b.write('x', 11),
      a.commit,
      b.commit,
    ],
    anomaly: (seen) => committed(seen, 'a', 'b'),
    preventedFrom: 'REPEATABLE_READ',
    refused: { REPEATABLE_READ: onlyB, SERIALIZABLE: onlyB },
  },
  {
    name: 'G-single: reads of one transaction see one state',
    start: START,
    steps: [
      a.begin,
      b.begin,
      a.read('x', 'x'),
      b.read('x', 'b.x'),
      b.read('y', 'b.y'),
      b.write('x', 12),
      b.write('y', 18),
      b.commit,
      a.read('y', 'y'),
      a.commit,
    ],
    anomaly: ({ reads }) => reads['x'] === 10 && reads['y'] === 18,
    preventedFrom: 'REPEATABLE_READ',
    refused: {},
  },
  {
    name: 'G-single with predicates: lists of one transaction see one state',
    start: START,
    steps: [
      a.begin,
      b.begin,
      a.list(MULTIPLES_OF_FIVE, 'five'),
      b.write('x', 12),
      b.commit,
      a.list(MULTIPLES_OF_THREE, 'three'),
      a.commit,
    ],
    anomaly: ({ reads }) => !isEmpty(reads['three']),
    preventedFrom: 'REPEATABLE_READ',
    refused: {},
  },
  {
    name: 'G-single with a write by predicate',
    start: START,
    steps: [
      a.begin,
      b.begin,
      a.read('x', 'x'),
      b.write('x', 12),
      b.write('y', 18),
      b.commit,
      a.deleteAll(TWENTY),
      a.commit,
    ],
    // a read x before b and looked for 20 after b.
    anomaly: (seen) => committed(seen, 'a', 'b'),
    preventedFrom: 'REPEATABLE_READ',
    refused: { REPEATABLE_READ: onlyA, SERIALIZABLE: onlyA },
  },
  {
    name: 'G2-item: no write skew over two memories',
    start: START,
    steps: [
      a.begin,
      b.begin,
      a.read('x', 'a.x'),
      a.read('y', 'a.y'),
      b.read('x', 'b.x'),
      b.read('y', 'b.y'),
      a.write('x', 11),
      b.write('y', 21),
      a.commit,
      b.commit,
    ],
    anomaly: (seen) => committed(seen, 'a', 'b'),
    preventedFrom: 'SERIALIZABLE',
    refused: { SERIALIZABLE: onlyB },
  },
  {
    name: 'G2: no write skew over a predicate',
    start: START,
    steps: [
      a.begin,
      b.begin,
      a.list(MULTIPLES_OF_THREE, 'a'),
      b.list(MULTIPLES_OF_THREE, 'b'),
      a.write('z', 30),
      b.write('w', 42),
      a.commit,
      b.commit,
    ],
    anomaly: (seen) => committed(seen, 'a', 'b'),
    preventedFrom: 'SERIALIZABLE',
    refused: { SERIALIZABLE: onlyB },
  },
  {
    name: 'G2 of Fekete: a transaction that only reads completes the cycle',
    start: START,
    steps: [
      a.begin,
      a.list('all', 'a'),
      b.begin,
      b.read('y', 'b.y'),
      b.write('y', 25),
      b.commit,
      c.begin,
      c.list('all', 'c'),
      c.commit,
      a.write('x', 0),
      a.commit,
    ],
    anomaly: (seen) => committed(seen, 'a', 'b', 'c') && (seen.reads['a'] as Content)['y'] === 20,
    preventedFrom: 'SERIALIZABLE',
    refused: { SERIALIZABLE: onlyA },
  },
];
