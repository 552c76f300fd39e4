import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { Internals } from './engine-internals.ts';
import { NearestList } from './nearest-list.ts';
import { bytesOfFile, foldLog, openPlainDatabase, timedTransaction } from './plain-database.ts';
import { bufferOf, NEAREST, type VectorWay } from './vector-way.ts';

/** Candidates by bits that are compared by int8. */
const RESCORED = 200;
/** As a variable, so that compiling does not need the package. */
const PACKAGE: string = 'sqlite-vec';

interface SqliteVec {
  load(database: Database.Database): void;
}

/** How a column of vec0 is declared, filled and searched. */
interface Kind {
  readonly name: string;
  readonly column: (dimension: number) => string;
  readonly value: string;
  readonly bind: (vector: Float32Array) => Buffer;
}

/** The tables of sqlite-vec, by namespace as ours; none, and the reason told, when the package is not there or not for this machine. */
export async function openSqliteVecWays(
  directory: string,
  dimension: number,
  { quantise, cosineSimilarity, signCode }: Internals,
  onMissing: (reason: string) => void,
): Promise<readonly VectorWay[]> {
  let vec: SqliteVec;
  try {
    vec = (await import(PACKAGE)) as SqliteVec;
    const probe = openPlainDatabase(':memory:');
    vec.load(probe);
    probe.close();
  } catch (error) {
    onMissing(error instanceof Error ? error.message : String(error));
    return [];
  }
  const openTable = (file: string, kind: Kind) => {
    const database = openPlainDatabase(join(directory, `${file}.db`));
    vec.load(database);
    database.exec(
      `CREATE VIRTUAL TABLE vectors USING vec0 (id INTEGER PRIMARY KEY, namespace TEXT PARTITION KEY, vector ${kind.column(dimension)})`,
    );
    const insert = database.prepare<[bigint, Buffer]>(
      `INSERT INTO vectors (id, namespace, vector) VALUES (?, 'default', ${kind.value})`,
    );
    const select = database
      .prepare<[Buffer, number]>(
        `SELECT id FROM vectors WHERE vector MATCH ${kind.value} AND k = ? AND namespace = 'default'`,
      )
      .pluck(true);
    const search = (query: Float32Array, k: number) => select.all(kind.bind(query), k) as number[];
    const add = (id: number, vector: Float32Array) => insert.run(BigInt(id), kind.bind(vector));
    return { database, search, add };
  };
  const plainWay = (file: string, kind: Kind): VectorWay => {
    const { database, search, add } = openTable(file, kind);
    return {
      name: `sqlite-vec ${kind.name}`,
      insert: (items) =>
        timedTransaction(database, () => {
          for (const { id, vector } of items) add(id, vector);
        }),
      settle: () => foldLog(database),
      search: (query) => search(query, NEAREST),
      bytes: () => bytesOfFile(database),
      close: () => database.close(),
    };
  };
  const rescoredWay = (kind: Kind): VectorWay => {
    const { database, search, add } = openTable('vec-rescored', kind);
    database.exec(
      'CREATE TABLE truth (id INTEGER PRIMARY KEY, scale REAL NOT NULL, vector BLOB NOT NULL) STRICT',
    );
    const keep = database.prepare<[number, number, Buffer]>('INSERT INTO truth VALUES (?, ?, ?)');
    const select = database
      .prepare<[string]>(
        'SELECT id, scale, vector FROM truth WHERE id IN (SELECT value FROM json_each(?))',
      )
      .raw(true);
    return {
      name: `sqlite-vec ${kind.name}, ${RESCORED} by int8`,
      insert: (items) =>
        timedTransaction(database, () => {
          for (const { id, vector } of items) {
            const { bytes, scale } = quantise(vector);
            add(id, vector);
            keep.run(id, scale, bufferOf(bytes));
          }
        }),
      settle: () => foldLog(database),
      search(query) {
        const nearest = new NearestList(NEAREST);
        const listed = JSON.stringify(search(query, RESCORED));
        for (const [id, scale, { buffer, byteOffset, length }] of select.all(listed) as [
          number,
          number,
          Buffer,
        ][])
          nearest.offer(
            id,
            -cosineSimilarity(query, new Int8Array(buffer, byteOffset, length), scale),
          );
        return nearest.ids;
      },
      bytes: () => bytesOfFile(database),
      close: () => database.close(),
    };
  };
  const bits: Kind = {
    name: 'bit',
    column: (size) => `bit[${size}]`,
    value: 'vec_bit(?)',
    bind: (vector) => bufferOf(signCode(vector)),
  };
  return [
    plainWay('vec-float', {
      name: 'float32',
      column: (size) => `float[${size}]`,
      value: '?',
      bind: bufferOf,
    }),
    plainWay('vec-int8', {
      name: 'int8',
      // Each vector has a scale of its own, which only the cosine leaves out of account.
      column: (size) => `int8[${size}] distance_metric=cosine`,
      value: 'vec_int8(?)',
      bind: (vector) => bufferOf(quantise(vector).bytes),
    }),
    plainWay('vec-bit', bits),
    rescoredWay(bits),
  ];
}
