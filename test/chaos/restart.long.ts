import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { makeTestPath } from '../support/open-test-backend.ts';
import { openTestEngine } from '../support/open-test-engine.ts';
import { ListMemories } from '../support/read-documents.graphql.ts';
import { startServerProcess } from '../support/server-process.ts';
import { request } from '../support/test-client.ts';
import { GraphqlLoad } from './graphql-load.ts';

const SEED = Number(process.env['SEED'] ?? Date.now());
const MEMORIES = 100_000;
const BATCH = 1_000;
const RESTARTS = 5;
/** Before each kill, so that a write-ahead log waits to be read again. */
const WRITES_BEFORE_KILL = 3_000;

async function fill(path: string): Promise<void> {
  const engine = await openTestEngine({ memory: { sqlite_path: path } });
  const memories = engine.namespace('default');
  for (let from = 0; from < MEMORIES; from += BATCH) {
    const items = Array.from({ length: BATCH }, (_, index) => ({
      key: `fact_${from + index}`,
      value: { text: `Service number ${from + index} deploys on weekday ${index % 7}` },
    }));
    await memories.storeMany(items);
  }
  await engine.close();
}

/** Milliseconds of CPU that a process has used so far, all its threads; null where /proc does not tell. Other work on the machine does not count. */
function cpuOf(pid: number | undefined): number | null {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return null;
  // After the name in brackets: utime and stime are fields 14 and 15, in ticks of 10 ms (proc(5)).
  const fields = readFileSync(path, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Prints how long a killed server takes until `/-/ready` says yes; the promise is 2 s, on a machine that does nothing else. */
it(`a killed server is ready again at ${MEMORIES} memories (seed ${SEED})`, async () => {
  const path = await makeTestPath();
  await fill(path);
  const times: number[] = [];
  const cpu: (number | null)[] = [];
  let server = await startServerProcess(path);
  let acknowledged = 0;
  for (let round = 0; round < RESTARTS; round += 1) {
    const load = new GraphqlLoad(server.url, `xr${round}z`, (count) => {
      if (count === WRITES_BEFORE_KILL) server.child.kill('SIGKILL');
    });
    await load.run(16, SEED + round);
    acknowledged += load.acknowledged.length;
    await server.end('SIGKILL');
    const start = performance.now();
    server = await startServerProcess(path);
    const { status } = await fetch(new URL('/-/ready', server.url));
    times.push(Math.round(performance.now() - start));
    cpu.push(cpuOf(server.child.pid));
    expect(status).toBe(200);
    const { memories } = await request(server.url, ListMemories, { first: 1 });
    expect(memories?.totalCount).toBeGreaterThan(MEMORIES);
  }
  await server.end('SIGTERM');
  const sorted = times.toSorted((left, right) => left - right);
  console.info(
    `restart to ready at ${MEMORIES} memories after SIGKILL under load (${acknowledged} writes acknowledged): ` +
      `median ${sorted[Math.floor(RESTARTS / 2)]} ms, longest ${sorted.at(-1)} ms (${times.join(', ')}); ` +
      `CPU until then ${cpu.join(', ')} ms`,
  );
}, 1_800_000);
