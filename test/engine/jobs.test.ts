import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../src/engine/errors.ts';
import { type JobProgress, Jobs } from '../../src/engine/jobs.ts';
import { Gate } from '../support/gate.ts';

const nothing = async (): Promise<void> => undefined;

describe('jobs', () => {
  it('tell of their progress while they run, and how they ended', async () => {
    const jobs = new Jobs();
    const gate = new Gate();
    const begun = new Gate();
    const started = jobs.start('count', async (progress) => {
      progress.setTotal(5);
      progress.advance(2);
      begun.open();
      await gate.opened;
      progress.advance(3, 1);
    });
    expect(started).toMatchObject({ kind: 'count', state: 'RUNNING', done: 0, total: null });
    expect(started).toMatchObject({ endedAt: null, error: null });
    await begun.opened;
    expect(jobs.find(started.id)).toMatchObject({ state: 'RUNNING', done: 2, total: 5 });
    expect(jobs.running('count')?.id).toBe(started.id);
    expect(jobs.running('other')).toBeNull();
    gate.open();
    const ended = await jobs.whenEnded(started.id);
    expect(ended).toMatchObject({ id: started.id, state: 'DONE', done: 5, failed: 1, total: 5 });
    expect(ended?.endedAt).toBeInstanceOf(Date);
    expect(jobs.running('count')).toBeNull();
    expect(jobs.list()).toEqual([ended]);
    expect(await jobs.whenEnded(started.id)).toEqual(ended);
  });

  it('that fail say why, but nothing of faults of the program', async () => {
    const jobs = new Jobs();
    const known = jobs.start('a', () =>
      Promise.reject(new ValidationError([{ path: ['x'], message: 'is wrong' }])),
    );
    const unknown = jobs.start('b', () => Promise.reject(new Error('secret detail')));
    expect(await jobs.whenEnded(known.id)).toMatchObject({ state: 'FAILED' });
    expect((await jobs.whenEnded(known.id))?.error).not.toBe('it failed unexpectedly');
    expect(await jobs.whenEnded(unknown.id)).toMatchObject({
      state: 'FAILED',
      error: 'it failed unexpectedly',
    });
  });

  it('end as CANCELLED when they are cancelled, whether they stop or fail at it', async () => {
    const jobs = new Jobs();
    const waitForAbort = ({ signal }: JobProgress): Promise<void> =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    const polite = jobs.start('a', waitForAbort);
    const rude = jobs.start('b', async (progress) => {
      await waitForAbort(progress);
      throw new Error('interrupted');
    });
    const other = jobs.start('c', nothing);
    await jobs.whenEnded(other.id);
    jobs.cancel(polite.id);
    jobs.cancel('no such job');
    expect(await jobs.whenEnded(polite.id)).toMatchObject({ state: 'CANCELLED', error: null });
    expect(jobs.find(rude.id)?.state).toBe('RUNNING');
    await jobs.close();
    expect(jobs.find(rude.id)).toMatchObject({ state: 'CANCELLED', error: null });
    jobs.cancel(other.id);
    expect(jobs.find(other.id)?.state).toBe('DONE');
  });

  it('are told of until fifty newer ones were started; a running one always', async () => {
    const jobs = new Jobs();
    const gate = new Gate();
    const running = jobs.start('long', () => gate.opened);
    const first = jobs.start('short', nothing);
    await jobs.whenEnded(first.id);
    for (let count = 0; count < 48; count += 1)
      await jobs.whenEnded(jobs.start('short', nothing).id);
    expect(jobs.find(first.id)).not.toBeNull();
    await jobs.whenEnded(jobs.start('short', nothing).id);
    expect(jobs.find(first.id)).toBeNull();
    expect(await jobs.whenEnded(first.id)).toBeNull();
    expect(jobs.find(running.id)?.state).toBe('RUNNING');
    expect(jobs.list()).toHaveLength(50);
    gate.open();
    await jobs.close();
  });
});
