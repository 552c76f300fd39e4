import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../src/engine/index.ts';
import { countJsonArray, readJsonArray } from '../../src/evaluation/read-json-array.ts';
import { makeTestFolder } from '../support/open-test-engine.ts';

async function write(content: string): Promise<string> {
  const path = join(await makeTestFolder(), 'list.json');
  writeFileSync(path, content);
  return path;
}

async function read(path: string): Promise<readonly unknown[]> {
  const elements: unknown[] = [];
  for await (const element of readJsonArray(path)) elements.push(element);
  return elements;
}

describe('a JSON list read element by element', () => {
  it.each([
    '[]',
    ' [ ] \n',
    '\ufeff[1]',
    '[1]',
    '[ 1 , "a" , null , true ]',
    '[{"a":[1,{"b":[]}]},[],[[2,3]]]',
    String.raw`["a,]}","\"],[","\\",{"k\"]":"[{"}]`,
    '["é 日本 🦊",{"ü":"ß"}]',
  ])('%s', async (text) => {
    const path = await write(text);
    const expected = JSON.parse(text.replace('\ufeff', '')) as readonly unknown[];
    expect(await read(path)).toEqual(expected);
    expect(await countJsonArray(path)).toBe(expected.length);
  });

  it('with elements that span the pieces in which files are read', async () => {
    const expected = Array.from({ length: 50 }, (_, index) => ({
      index,
      text: '日本語🦊"],'.repeat(index * 100),
    }));
    expect(await read(await write(JSON.stringify(expected)))).toEqual(expected);
  });

  it.each([
    '',
    '{"a":[1]}',
    '[1',
    '[1]]',
    '[1][2]',
    '[1] 2',
    'x[1]',
    '["a]',
    '"a"',
    '[1,]',
    '[,1]',
    '[1 2]',
    '[{"a":}]',
  ])('refuses %j', async (text) => {
    await expect(read(await write(text))).rejects.toThrow(ValidationError);
  });

  it('names a file that is not there', async () => {
    await expect(read(join(await makeTestFolder(), 'none.json'))).rejects.toThrow(
      /none\.json cannot be read/,
    );
  });
});
