import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../src/engine/index.ts';
import { readLocomoDataset } from '../../src/evaluation/locomo-dataset.ts';
import { type LocomoGranularity, toDocuments } from '../../src/evaluation/locomo-documents.ts';
import { makeTestFolder } from '../support/open-test-engine.ts';
import { LOCOMO_SAMPLE } from './locomo-sample.ts';

async function dataset(content: unknown = LOCOMO_SAMPLE, names: readonly string[] | null = null) {
  const path = join(await makeTestFolder(), 'locomo.json');
  writeFileSync(path, JSON.stringify(content));
  return readLocomoDataset(path, names);
}

async function documents(granularity: LocomoGranularity) {
  const [first] = await dataset();
  if (first === undefined) throw new Error('the sample has a first conversation');
  const { rows, keyOfTurn } = toDocuments(first, granularity);
  return { records: rows.flatMap((row) => ('record' in row ? [row.record] : [])), keyOfTurn };
}

describe('a LoCoMo file with its questions', () => {
  it('gives each conversation its turns and questions', async () => {
    const conversations = await dataset();
    expect(conversations.map(({ name, rows }) => [name, rows.length])).toEqual([
      ['conv-1', 4],
      ['conv-2', 2],
    ]);
    expect(conversations[0]?.questions[4]).toEqual({
      text: 'Which purple kite has Ben?',
      category: 'adversarial',
      evidence: ['D1:1'],
    });
  });

  it('gives only the conversations that are named', async () => {
    const conversations = await dataset(LOCOMO_SAMPLE, ['conv-2']);
    expect(conversations.map(({ name }) => name)).toEqual(['conv-2']);
    await expect(dataset(LOCOMO_SAMPLE, ['conv-2', 'conv-9'])).rejects.toThrow(/conv-9/);
  });

  it.each([
    ['a category that does not exist', { qa: [{ question: 'a', category: 6 }] }, /0\.qa\.0\.cat/],
    ['a question without words', { qa: [{ question: '', category: 1 }] }, /0\.qa\.0\.question/],
    ['no conversation', { conversation: 1 }, /0\.conversation/],
  ])('is refused with %s', async (_what, change, message) => {
    const broken = dataset([{ ...LOCOMO_SAMPLE[0], ...change }]);
    await expect(broken).rejects.toThrow(ValidationError);
    await expect(broken).rejects.toThrow(message);
  });

  it('is refused with one conversation twice', async () => {
    await expect(dataset([LOCOMO_SAMPLE[0], LOCOMO_SAMPLE[0]])).rejects.toThrow(/conv-1 twice/);
  });
});

describe('the documents of a conversation', () => {
  it('are its turns without the words that nobody said', async () => {
    const { records, keyOfTurn } = await documents('turn');
    expect(records.map(({ key, persona }) => [key, persona])).toEqual([
      ['conv-1/D1:1', 'Ann'],
      ['conv-1/D1:2', 'Ben'],
      ['conv-1/D2:1', 'Ann'],
      ['conv-1/D2:2', 'Ben'],
    ]);
    expect(records[3]?.valueText).toContain('a heron on a pond');
    expect(records[3]?.metadataText).toContain('"conversation":"conv-1"');
    expect(records[3]?.metadataText).not.toMatch(/flamingo|submarine/);
    expect(keyOfTurn.get('D2:1')).toBe('conv-1/D2:1');
    expect(keyOfTurn.get('D7:7')).toBeUndefined();
  });

  it('are its sessions with all their turns', async () => {
    const { records, keyOfTurn } = await documents('session');
    expect(
      records.map(({ key, persona, valueText, metadataText, createdAt }) => ({
        key,
        persona,
        value: JSON.parse(valueText) as unknown,
        metadata: JSON.parse(metadataText) as unknown,
        createdAt,
      })),
    ).toEqual([
      {
        key: 'conv-1/session_1',
        persona: null,
        value: 'Ann: My kite is purple.\nBen: We sailed to Norway.',
        metadata: { date: '1:56 pm on 8 May, 2023' },
        createdAt: Date.UTC(2023, 4, 8, 13, 56),
      },
      {
        key: 'conv-1/session_2',
        persona: null,
        value: 'Ann: The bakery sells rye bread.\nBen: Look at this! [a heron on a pond]',
        metadata: { date: '9:05 am on 1 June, 2023' },
        createdAt: Date.UTC(2023, 5, 1, 9, 5),
      },
    ]);
    expect([...keyOfTurn.values()]).toEqual([
      'conv-1/session_1',
      'conv-1/session_1',
      'conv-1/session_2',
      'conv-1/session_2',
    ]);
  });
});
