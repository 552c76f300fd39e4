import { join } from 'node:path';
import { NearestList } from './nearest-list.ts';
import { bytesOfFile, foldLog, openPlainDatabase, timedTransaction } from './plain-database.ts';
import { bufferOf, floatsOf, NEAREST, type VectorWay } from './vector-way.ts';

/** Rows read at once. */
const CHUNK = 2_048;

/** All numbers of all vectors, read from SQLite for each search: slow, and right by definition. */
export function openExactWay(directory: string): VectorWay {
  const database = openPlainDatabase(join(directory, 'exact.db'));
  database.exec('CREATE TABLE vectors (id INTEGER PRIMARY KEY, vector BLOB NOT NULL) STRICT');
  const insert = database.prepare<[number, Buffer]>('INSERT INTO vectors VALUES (?, ?)');
  const select = database
    .prepare<[number]>(`SELECT id, vector FROM vectors WHERE id > ? ORDER BY id LIMIT ${CHUNK}`)
    .raw(true);
  return {
    name: 'float32, all compared',
    insert: (items) =>
      timedTransaction(database, () => {
        for (const { id, vector } of items) insert.run(id, bufferOf(vector));
      }),
    settle: () => foldLog(database),
    search(query) {
      const nearest = new NearestList(NEAREST);
      for (let after = 0; ; ) {
        const rows = select.all(after) as [number, Buffer][];
        for (const [id, buffer] of rows) nearest.offer(id, -product(query, floatsOf(buffer)));
        const last = rows.at(-1);
        if (last === undefined) return nearest.ids;
        after = last[0];
      }
    },
    bytes: () => bytesOfFile(database),
    close: () => database.close(),
  };
}

function product(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1)
    sum += (left[index] as number) * (right[index] as number);
  return sum;
}
