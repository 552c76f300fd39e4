import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateFilter } from '../../../src/engine/search/filter-evaluate.ts';
import { compileFilter } from '../../../src/engine/search/filter-sql.ts';
import { parseWhere } from '../../../src/engine/search/where.ts';
import { MemoryTable, memoryRecord, NAMESPACE } from './memory-table.ts';

const RECORDS = [
  memoryRecord({
    id: 1,
    key: 'user:1',
    persona: 'athena',
    tags: ['red', 'blue'],
    importance: 0.9,
    valueText: '{"name":"Ann","age":30,"tags":["x","y"],"none":null,"ok":true}',
    metadataText: '{"type":"person"}',
  }),
  memoryRecord({
    id: 2,
    key: 'user:2',
    persona: 'hera',
    tags: ['red'],
    section: 'cache',
    expiresAt: 5_000,
    accessedAt: 2_000,
    accessCount: 3,
    valueText: '{"name":"30","age":"30","big":9007199254740993}',
  }),
  memoryRecord({ id: 3, key: 'users', createdAt: 3_000, accessedAt: 3_000, valueText: '"30"' }),
  memoryRecord({ id: 4, key: '東京', persona: '', valueText: '[30,"x"]' }),
];

describe('filters mean on SQLite and in memory', () => {
  const table = new MemoryTable();
  beforeAll(() => {
    for (const record of RECORDS) table.insert(record);
  });
  afterAll(() => table.close());

  it.each<[unknown, number[]]>([
    [{ key: { startsWith: 'user:' } }, [1, 2]],
    [{ key: { startsWith: '' } }, [1, 2, 3, 4]],
    [{ key: { startsWith: 'us_' } }, []],
    [{ key: { contains: '京' } }, [4]],
    [{ key: { in: [] } }, []],
    [{ key: { nin: [] } }, [1, 2, 3, 4]],
    [{ key: { gt: 'user:2' } }, [3, 4]],
    [{ persona: 'athena' }, [1]],
    [{ persona: null }, [3]],
    [{ persona: { ne: 'athena' } }, [2, 3, 4]],
    [{ persona: { in: ['hera', null] } }, [2, 3]],
    [{ persona: { nin: ['hera', null] } }, [1, 4]],
    [{ persona: { gt: 'b' } }, [2]],
    [{ not: { persona: { gt: 'b' } } }, [1, 3, 4]],
    [{ persona: { exists: false } }, [3]],
    [{ persona: { startsWith: 'h' } }, [2]],
    [{ section: 'CACHE' }, [2]],
    [{ importance: { between: [0.9, 1] } }, [1]],
    [{ expiresAt: { lt: 6_000 } }, [2]],
    [{ expiresAt: { ne: 5_000 } }, [1, 3, 4]],
    [{ accessedAt: { gt: 1_000 } }, [2, 3]],
    [{ accessCount: 0 }, [1, 3, 4]],
    [{ createdAt: { gte: new Date(3_000) } }, [3]],
    [{ tags: ['red', 'blue'] }, [1]],
    [{ tags: ['red', 'red'] }, [1, 2]],
    [{ tags: [] }, [1, 2, 3, 4]],
    [{ tags: { any: [] } }, []],
    [{ tags: { none: ['red'] } }, [3, 4]],
    [{ value: { age: 30 } }, [1]],
    [{ value: { age: '30' } }, [2]],
    [{ value: { age: { in: [30, '30'] } } }, [1, 2]],
    [{ value: { age: { ne: 30 } } }, [2, 3, 4]],
    [{ value: { '': '30' } }, [3]],
    [{ value: { none: null } }, [1, 2, 3, 4]],
    [{ value: { none: { exists: true } } }, [1]],
    [{ value: { ok: true } }, [1]],
    [{ value: { ok: 1 } }, []],
    [{ value: { tags: { contains: 'x' } } }, [1]],
    [{ value: { $: { contains: 'x' } } }, [4]],
    [{ value: { name: { contains: 'n' } } }, [1]],
    [{ value: { '[0]': 30 } }, [4]],
    [{ value: { big: { gt: 9_007_199_254_740_992 } } }, [2]],
    [{ value: { big: 9_007_199_254_740_992 } }, []],
    [{ metadata: { type: 'person' } }, [1]],
    [{ or: [{ key: 'users' }, { persona: 'hera' }] }, [2, 3]],
    [{ or: [] }, []],
    [{ not: { or: [] } }, [1, 2, 3, 4]],
  ])('%j', (where, ids) => {
    const filter = parseWhere(where) ?? { and: [] };
    expect(
      RECORDS.filter((record) => evaluateFilter(filter, record)).map((record) => record.id),
    ).toEqual(ids);
    expect(table.ids(compileFilter(filter, NAMESPACE))).toEqual(ids);
  });

  it('takes prefixes at the end of a range of code points exactly', () => {
    const keys = [
      '\ud7ff',
      '\ud7ffx',
      '\ue000',
      '\uffff',
      '\u{10ffff}',
      '\u{10ffff}x',
      'a\u{10ffff}',
      'b',
    ];
    const edges = new MemoryTable();
    keys.forEach((key, index) => {
      edges.insert(memoryRecord({ id: index + 1, key }));
    });
    for (const prefix of ['\ud7ff', '\u{10ffff}', 'a\u{10ffff}', '\uffff', 'a']) {
      const filter = parseWhere({ key: { startsWith: prefix } }) ?? { and: [] };
      const wanted = keys.flatMap((key, index) => (key.startsWith(prefix) ? [index + 1] : []));
      expect(edges.ids(compileFilter(filter, NAMESPACE)), JSON.stringify(prefix)).toEqual(wanted);
    }
    edges.close();
  });

  it('binds every value', () => {
    const hostile = `'"); DROP TABLE memories; --`;
    const filter = parseWhere({
      key: [hostile, 'a'],
      persona: hostile,
      tags: [hostile],
      value: { a: hostile, b: { contains: hostile, startsWith: hostile, in: [hostile, 'b'] } },
    });
    const { sql, params } = compileFilter(filter ?? { and: [] }, NAMESPACE);
    expect(sql).not.toContain('DROP');
    expect(sql.split('?')).toHaveLength(params.length + 1);
  });

  it('keeps one statement for lists of every length', () => {
    const sqlOf = (length: number): string =>
      compileFilter(
        {
          operand: { field: 'key' },
          comparison: { operator: 'in', values: Array.from({ length }, (_, i) => `k${i}`) },
        },
        NAMESPACE,
      ).sql;
    expect(sqlOf(1_000)).toBe(sqlOf(2));
  });

  it('finds a persona and a key prefix by index', () => {
    const planOf = (where: unknown): string =>
      table.plan(compileFilter(parseWhere(where) ?? { and: [] }, NAMESPACE));
    expect(planOf({ persona: 'athena' })).toContain('INDEX memories_persona (persona_id=?)');
    expect(planOf({ persona: ['athena', 'hera'] })).toContain(
      'INDEX memories_persona (persona_id=?)',
    );
    expect(planOf({ tags: ['red'] })).toContain('memory_tags_tag (tag=?)');
  });
});
