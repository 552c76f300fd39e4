import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countLocomo, parseSessionTime, readLocomo } from '../../../src/engine/transfer/locomo.ts';
import { collect } from './collect.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'locomo-'));
  path = join(directory, 'locomo.json');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const read = (content: unknown) => {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return collect(readLocomo(path));
};

const sample = (conversation: object) => ({
  sample_id: 'conv-1',
  conversation,
  qa: [{ question: 'left out' }],
});
const DATE = '1:56 pm on 8 May, 2023';

describe('a LoCoMo file', () => {
  it('gives one memory per turn', async () => {
    const { records, failures } = await read([
      sample({
        speaker_a: 'Ann',
        session_1_date_time: DATE,
        session_1: [
          { speaker: 'Ann', dia_id: 'D1:1', text: 'Hello' },
          {
            speaker: 'Ben',
            dia_id: 'D1:2',
            text: 'See',
            blip_caption: 'a dog',
            img_url: ['http://x'],
            're-download': true,
          },
        ],
      }),
    ]);
    const at = Date.UTC(2023, 4, 8, 13, 56);
    expect(failures).toEqual([]);
    expect(records[1]).toEqual({
      key: 'conv-1/D1:2',
      valueText: JSON.stringify({ text: 'See', caption: 'a dog' }),
      metadataText: JSON.stringify({
        img_url: ['http://x'],
        're-download': true,
        type: 'episode',
        conversation: 'conv-1',
        dialogueId: 'D1:2',
        session: 1,
        turn: 2,
        position: 10_002,
        date: '2023-05-08T13:56:00.000Z',
        sessionDate: DATE,
      }),
      tags: ['conv-1'],
      section: 'episodic_memory',
      persona: 'Ben',
      importance: null,
      createdAt: at,
      updatedAt: at,
      accessedAt: at,
      accessCount: 0,
      expiresAt: null,
    });
    expect(await countLocomo(path)).toBe(2);
  });

  it('reads sessions in the order of their numbers', async () => {
    const turn = (id: string) => [{ speaker: 'Ann', dia_id: id, text: 'x' }];
    const { records } = await read([
      sample({
        session_10: turn('D10:1'),
        session_10_date_time: DATE,
        session_2: turn('D2:1'),
        session_2_date_time: DATE,
        session_3_date_time: DATE,
      }),
    ]);
    expect(records.map((record) => record.key)).toEqual(['conv-1/D2:1', 'conv-1/D10:1']);
  });

  it('reports broken turns, sessions and conversations and keeps the rest', async () => {
    const good = { speaker: 'Ann', dia_id: 'D1:1', text: 'x' };
    const { records, failures } = await read([
      { conversation: {} },
      sample({
        session_1_date_time: DATE,
        session_1: [good, good, { speaker: 'Ann', dia_id: 'D1:3' }],
        session_2: [{ ...good, dia_id: 'D2:1' }],
        session_3: 'none',
      }),
    ]);
    expect(records.map((record) => record.key)).toEqual(['conv-1/D1:1']);
    expect(failures.map((failure) => failure.key)).toEqual([
      'conversation 1',
      'conv-1/D1:1',
      'conv-1/session_1 turn 3',
      'conv-1/D2:1',
      'conv-1/session_3',
    ]);
    expect(failures[0]?.reason).toContain('sample_id');
    expect(failures[1]?.reason).toContain('stands twice');
    expect(failures[2]?.reason).toContain('text');
    expect(failures[3]?.reason).toContain("session's time");
  });

  it.each([
    ['no JSON', '{', 'cannot be read as JSON'],
    ['no list', {}, 'is not a LoCoMo file'],
  ])('is refused when it holds %s', async (_name, content, message) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'VALIDATION',
      message: expect.stringContaining(message),
    });
  });
});

describe('the time of a session', () => {
  it.each([
    ['12:09 am on 13 September, 2023', '2023-09-13T00:09:00.000Z'],
    ['12:30 pm on 29 February, 2024', '2024-02-29T12:30:00.000Z'],
    ['11:01 am on 17 December, 2022', '2022-12-17T11:01:00.000Z'],
  ])('%s', (text, iso) => {
    expect(new Date(parseSessionTime(text)).toISOString()).toBe(iso);
  });

  it.each([
    undefined,
    null,
    42,
    '',
    '13:00 pm on 8 May, 2023',
    '0:10 am on 8 May, 2023',
    '1:60 pm on 8 May, 2023',
    '1:56 pm on 31 June, 2023',
    '1:56 pm on 29 February, 2023',
    '1:56 pm on 8 Mai, 2023',
    '13:56 on 8 May, 2023',
  ])('refuses %s', (text) => {
    expect(() => parseSessionTime(text)).toThrow("the session's time must look like");
  });
});
