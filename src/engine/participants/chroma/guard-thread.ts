import { Socket } from 'node:net';
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import { holdLock } from './directory-lock.ts';

/*
 * The guard of a Chroma server: a thread of the server's own process, so that neither can outlive the other. It holds the lock of
 * the data directory, and ends the process when the one that started it is gone, however it ended: standard input is a pipe
 * whose other end nobody else holds.
 */

/** For a server that was asked to end; newer ones ignore the question, and kill -9 loses nothing that was acknowledged. */
const GRACE_MS = 2_000;

function end(): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS);
  process.kill(process.pid, 'SIGTERM');
}

parentPort?.postMessage(await holdLock(workerData as string));
const parent = new Socket({ fd: 0 });
parent.once('close', end).on('error', () => parent.destroy());
parent.resume();
