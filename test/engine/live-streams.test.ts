import { describe, expect, it } from 'vitest';
import { MemorySystemError } from '../../src/engine/errors.ts';
import { LiveStreams } from '../../src/engine/live-streams.ts';
import { Wake } from '../../src/engine/wake.ts';

/** Yields at once, then waits until the signal aborts. */
async function* oneThenWait(signal: AbortSignal): AsyncGenerator<number> {
  yield 1;
  await new Wake().wait(signal);
}

const END = { done: true, value: undefined };

describe('live streams', () => {
  it('counts a stream from its first pull to its end', async () => {
    const streams = new LiveStreams();
    const stream = streams.open(undefined, oneThenWait);
    expect(streams.size).toBe(0);
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    expect(streams.size).toBe(1);
    await stream.return?.();
    expect(streams.size).toBe(0);
    expect(await stream.next()).toEqual(END);
  });

  it('ends a waiting consumer when it returns, when its signal aborts and when all are closed', async () => {
    const streams = new LiveStreams();
    const controller = new AbortController();
    const returned = streams.open(undefined, oneThenWait);
    const aborted = streams.open(controller.signal, oneThenWait);
    const closed = streams.open(undefined, oneThenWait);
    const waiting = [];
    for (const stream of [returned, aborted, closed]) {
      await stream.next();
      waiting.push(stream.next());
    }
    await returned.return?.();
    controller.abort();
    await streams.close();
    expect(await Promise.all(waiting)).toEqual([END, END, END]);
    expect(streams.size).toBe(0);
  });

  it('gives nothing when it is opened after the close or with an aborted signal', async () => {
    const streams = new LiveStreams();
    expect(await streams.open(AbortSignal.abort(), oneThenWait).next()).toEqual(END);
    await streams.close();
    expect(await streams.open(undefined, oneThenWait).next()).toEqual(END);
  });

  it('passes errors on as memory errors and forgets the stream', async () => {
    const streams = new LiveStreams();
    const stream = streams.open(undefined, async function* () {
      yield 1;
      throw new TypeError('broken');
    });
    await stream.next();
    await expect(stream.next()).rejects.toBeInstanceOf(MemorySystemError);
    expect(streams.size).toBe(0);
  });
});

describe('wake', () => {
  it('loses no notification that comes before the wait, and takes many for one', async () => {
    const wake = new Wake();
    const { signal } = new AbortController();
    wake.notify();
    wake.notify();
    await wake.wait(signal);
    let woken = false;
    const waiting = wake.wait(signal).then(() => {
      woken = true;
    });
    await Promise.resolve();
    expect(woken).toBe(false);
    wake.notify();
    await waiting;
    expect(woken).toBe(true);
  });
});
