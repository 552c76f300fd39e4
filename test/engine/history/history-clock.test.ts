import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DeadlineClock } from '../../../src/engine/sqlite/deadline-clock.ts';
import { HistoryClock, type Mark } from '../../../src/engine/sqlite/history-clock.ts';
import { StatementCache } from '../../../src/engine/sqlite/statement-cache.ts';
import { randomFrom } from '../../support/random.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const NOTHING: Mark = { seq: 0, high: Number.NEGATIVE_INFINITY };

describe('HistoryClock', () => {
  it(`finds the last entry before the first later one, while the log grows and is trimmed (seed ${SEED})`, () => {
    const database = new Database(':memory:');
    onTestFinished(() => void database.close());
    database.exec('CREATE TABLE changes (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL)');
    const clockFunction = new DeadlineClock(database);
    clockFunction.set(undefined);
    const insert = database.prepare('INSERT INTO changes VALUES (?, ?)');
    const statements = new StatementCache(database);
    const random = randomFrom(SEED);
    const clock = new HistoryClock();
    const times: number[] = [];
    let start = NOTHING;
    let now = 1_000;
    for (let round = 0; round < 40; round += 1) {
      for (let count = random(200); count > 0; count -= 1) {
        // Mostly forwards, at times far back.
        now += random(20) === 0 ? -random(300) : random(12);
        times.push(now);
        insert.run(times.length, now);
      }
      const highs = times.map((_, index) => Math.max(...times.slice(0, index + 1)));
      const fresh = new HistoryClock();
      for (let probe = 0; probe < 20; probe += 1) {
        const at = Math.max(start.high, 900 + random(Math.max(1, now - 800)));
        const later = highs.findIndex((high) => high > at);
        const seq = later === -1 ? times.length : later;
        const expected = seq === 0 ? NOTHING : { seq, high: highs[seq - 1] };
        const ends = (mark: Mark): boolean => mark.high > at;
        expect(clock.last(statements, start, ends)).toEqual(expected);
        expect(fresh.last(statements, start, ends)).toEqual(expected);
        const upTo = start.seq + random(times.length - start.seq + 1);
        const place = upTo === 0 ? NOTHING : { seq: upTo, high: highs[upTo - 1] };
        expect(clock.last(statements, start, (mark) => mark.seq > upTo)).toEqual(place);
      }
      if (round % 7 === 6) {
        const seq = start.seq + random(times.length - start.seq);
        database.prepare('DELETE FROM changes WHERE seq <= ?').run(seq);
        start = seq === 0 ? NOTHING : { seq, high: highs[seq - 1] ?? 0 };
      }
    }
    expect(times.length).toBeGreaterThan(2_000);
  });
});
