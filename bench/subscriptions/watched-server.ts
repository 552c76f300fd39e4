import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HeapProbe } from '../../load/heap-probe.ts';
import { startDeliveredServer } from '../delivered-server.ts';

/** Clock ticks of /proc; Linux tells all programs 100 a second. */
const TICKS_PER_SECOND = 100;

export interface ServerFigures {
  /** After a forced collection of the main thread's heap. */
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Open file descriptors. */
  readonly handles: number;
}

/** A delivered server that is looked at from outside: /proc, and the inspector for a collection. Linux only. */
export interface WatchedServer {
  readonly url: string;
  figures(): Promise<ServerFigures>;
  handles(): number;
  /** CPU time used so far by all its threads. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

export async function startWatchedServer(
  engineUrl: string,
  directory: string,
  settings: Readonly<Record<string, string>>,
): Promise<WatchedServer> {
  const server = await startDeliveredServer(engineUrl, join(directory, 'watched.db'), settings, [
    '--inspect=127.0.0.1:0',
  ]);
  const process = `/proc/${server.child.pid}`;
  if (server.inspectorUrl === null) throw new Error('the server told no address of its inspector');
  const heap = await HeapProbe.connect(server.inspectorUrl);
  const handles = (): number => readdirSync(`${process}/fd`).length;
  return {
    url: server.url,
    handles,
    async figures() {
      const heapBytes = await heap.usedAfterCollection();
      const status = readFileSync(`${process}/status`, 'utf8');
      return {
        heapBytes,
        residentBytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024,
        handles: handles(),
      };
    },
    cpuSeconds() {
      const fields = readFileSync(`${process}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      // utime and stime, the 14th and 15th of proc(5); the first two are before the bracket.
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
    async stop() {
      heap.close();
      await server.stop();
    },
  };
}
