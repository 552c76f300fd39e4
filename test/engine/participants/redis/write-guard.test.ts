import { expect, it } from 'vitest';
import { Revocations } from '../../../../src/engine/participants/redis/revocations.ts';
import { WriteGuard } from '../../../../src/engine/participants/redis/write-guard.ts';

it('guards a memory until every write of it has an outcome', () => {
  const guard = new WriteGuard();
  guard.begin('t1', ['a', 'b', 'a'], 1);
  guard.begin('t2', ['a'], 1);
  guard.fenced('t1');
  guard.fenced('t2');
  guard.committed('t1', 1);
  expect(guard.covers('a')).toBe(true);
  expect(guard.covers('b')).toBe(false);
  guard.release('t2');
  guard.release('t2');
  expect(guard.size).toBe(0);
});

it('guards an unfenced commit until the epoch moves or the value is surely dropped', () => {
  const guard = new WriteGuard();
  guard.begin('t1', ['a'], 1);
  guard.begin('t2', ['b'], 1);
  guard.begin('t3', ['c'], 1);
  for (const txid of ['t1', 't2', 't3']) guard.committed(txid, 1);
  expect(guard.size).toBe(3);
  guard.release('t1');
  // The question to Redis was answered late.
  guard.fenced('t2');
  expect(guard.size).toBe(1);
  guard.epochMoved();
  expect(guard.size).toBe(0);
});

it('keeps writes without an outcome guarded when the epoch moves', () => {
  const guard = new WriteGuard();
  guard.begin('t1', ['a'], 1);
  guard.fenced('t1');
  guard.epochMoved();
  expect(guard.covers('a')).toBe(true);
  guard.committed('t1', 2);
  expect(guard.size).toBe(0);
});

it('adds up the names of a transaction that is prepared twice', () => {
  const guard = new WriteGuard();
  guard.begin('t1', ['a'], 1);
  guard.begin('t1', ['b'], 1);
  expect(guard.size).toBe(2);
  guard.release('t1');
  expect(guard.size).toBe(0);
});

it('knows what was written since a moment, and errs on the safe side beyond its memory', () => {
  const revocations = new Revocations();
  const before = revocations.now;
  revocations.revoke(['a']);
  const after = revocations.now;
  expect(revocations.holds('a', before)).toBe(false);
  expect(revocations.holds('b', before)).toBe(true);
  expect(revocations.holds('a', after)).toBe(true);
  expect(revocations.holds('a', Number.NaN)).toBe(false);
  for (let index = 0; index < 10_000; index += 1) revocations.revoke([`other ${index}`]);
  expect(revocations.holds('a', before)).toBe(false);
  expect(revocations.holds('b', revocations.now)).toBe(true);
  revocations.revokeAll();
  expect(revocations.holds('b', after)).toBe(false);
  expect(revocations.holds('b', revocations.now)).toBe(true);
});
