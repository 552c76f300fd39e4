import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { instantEmbedder } from '../../../src/engine/embedding/embedder-setup.ts';
import { type PreparedUnit, VectorFiller } from '../../../src/engine/sqlite/vectors-ahead.ts';
import type { WriteSession } from '../../../src/engine/sqlite/write-session.ts';
import { type MadeVector, VectorSlots } from '../../../src/engine/vectors/vector-slots.ts';
import { storing, unitOf } from '../../support/memory-space.ts';
import { makeTestPath } from '../../support/open-test-backend.ts';
import { commitUnit, openWriteSession } from '../../support/open-write-session.ts';
import { someWords, wordTable } from '../../support/word-table.ts';

const DIMENSION = 64;
const WORDS = someWords(40);
const SETUP = wordTable(WORDS, DIMENSION);
const SAID = WORDS.slice(0, 6).join(' ');

/** A vector that no text of the test has, so that it tells where a stored one comes from. */
function foreign(textCrc: number): MadeVector {
  const vector = instantEmbedder(SETUP)?.embedForKeeping(WORDS.slice(20, 30).join(' '));
  return { textCrc, kept: vector ?? null };
}

function prepared(key: string, value: unknown, made: MadeVector | null): PreparedUnit {
  return { ...unitOf('main', [storing(key, value)]), ahead: { take: () => made } };
}

function bytesOf(session: WriteSession, key: string): readonly number[] | null {
  const sql = `SELECT e.vector FROM embeddings e JOIN memories m ON m.id = e.memory_id WHERE m.key = ?`;
  const row = session.statements.row(sql, key);
  return row === undefined ? null : [...new Int8Array(Uint8Array.from(row[0] as Buffer).buffer)];
}

function bytesOfText(text: string): readonly number[] {
  return [...(instantEmbedder(SETUP)?.embedForKeeping(text)?.bytes ?? [])];
}

async function open(): Promise<WriteSession> {
  return openWriteSession(await makeTestPath(), 'writer', SETUP);
}

it('takes a vector that is there, and makes one that is not', async () => {
  const session = await open();
  const made = foreign(crc32(SAID));
  commitUnit(session, prepared('there', SAID, made));
  commitUnit(session, prepared('missing', SAID, null));
  expect(bytesOf(session, 'there')).toEqual([...(made.kept?.bytes ?? [])]);
  expect(bytesOf(session, 'missing')).toEqual(bytesOfText(SAID));
});

it('forgets the vector of a text that has none any more', async () => {
  const session = await open();
  commitUnit(session, prepared('some', SAID, null));
  commitUnit(session, prepared('some', '!', { textCrc: 5, kept: null }));
  expect(bytesOf(session, 'some')).toBeNull();
  expect(session.database.prepare('SELECT count(*) FROM vector_codes').pluck().get()).toBe(0);
});

it('keeps the vector of a text that is the same', async () => {
  const session = await open();
  commitUnit(session, prepared('some', SAID, null));
  commitUnit(session, prepared('some', SAID, foreign(crc32(SAID))));
  expect(bytesOf(session, 'some')).toEqual(bytesOfText(SAID));
});

it('is what the writer would have made itself', async () => {
  const texts = [SAID, '!', WORDS.slice(3, 9).join(' ').toUpperCase(), 'nothing known'];
  const slots = new VectorSlots(DIMENSION, texts.length + 1);
  const stores = texts.map((text, index) => [`key${index}`, JSON.stringify(text)] as const);
  new VectorFiller(SETUP).fill([...stores, null], slots.buffer);
  expect(slots.at(texts.length).take()).toBeNull();
  const [ours, theirs] = [await open(), await open()];
  for (const [index, text] of texts.entries()) {
    const unit = unitOf('main', [storing(`key${index}`, text)]);
    commitUnit(ours, unit);
    const ahead = slots.at(index);
    expect(ahead.take()).not.toBeNull();
    const taking: PreparedUnit = { ...unit, ahead };
    commitUnit(theirs, taking);
  }
  const rows = (session: WriteSession) =>
    ['embeddings', 'vector_codes'].map((table) =>
      session.statements.rows(`SELECT * FROM ${table}`),
    );
  expect(rows(theirs)).toEqual(rows(ours));
  expect(rows(ours)[0]).toHaveLength(2);
});

it('makes nothing without an instant embedder', () => {
  const slots = new VectorSlots(DIMENSION, 1);
  new VectorFiller(null).fill([['key', '"text"']], slots.buffer);
  expect(slots.at(0).take()).toBeNull();
});
