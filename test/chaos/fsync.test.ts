import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type BackendKind, makeTestPath } from '../support/open-test-backend.ts';

const SCRIPT = fileURLToPath(new URL('../support/acknowledge-writes.ts', import.meta.url));
const WRITES = 20;

/** Why system calls cannot be watched here; null when they can. */
function obstacle(): string | null {
  const { error, status, stderr } = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']);
  if (error !== undefined) return error.message;
  return status === 0 ? null : stderr.toString().trim();
}

/** Successful syncs between each two acknowledgements that follow one another. */
async function syncsBetweenAcks(
  kind: BackendKind,
  synchronous: string,
): Promise<readonly number[]> {
  const path = await makeTestPath();
  const trace = `${path}.strace`;
  const watched = [process.execPath, '--import', 'tsx', SCRIPT, path, kind, synchronous];
  const { status, stderr } = spawnSync(
    'strace',
    ['-f', '-e', 'trace=fsync,fdatasync,write', '-o', trace, ...watched, String(WRITES)],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const syncs: number[] = [];
  let since: number | null = null;
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    if (/\bwrite\(1, "ack \d+\\n"/.test(line)) {
      if (since !== null) syncs.push(since);
      since = 0;
    } else if (since !== null && /(?:fdatasync|fsync)(?:\(\d+\)| resumed>\)) += 0$/.test(line)) {
      since += 1;
    }
  }
  return syncs;
}

/** Where strace is missing or may not trace, these tests print the reason and prove nothing. */
describe('an acknowledged write was flushed to the disk', { timeout: 120_000 }, () => {
  const reason = obstacle();
  if (reason !== null) console.warn(`system calls cannot be watched here: ${reason}`);

  it.each<BackendKind>(['sqlite', 'sqlite_sync'])(
    '%s FULL: at least one sync lies before each acknowledgement',
    async (kind) => {
      if (reason !== null) return;
      const syncs = await syncsBetweenAcks(kind, 'FULL');
      console.info(`${kind} FULL, syncs before each acknowledgement: ${syncs.join(' ')}`);
      expect(syncs).toHaveLength(WRITES);
      expect(Math.min(...syncs)).toBeGreaterThanOrEqual(1);
    },
  );

  it('sqlite NORMAL: none does, which shows that the test above can fail', async () => {
    if (reason !== null) return;
    const syncs = await syncsBetweenAcks('sqlite', 'NORMAL');
    expect(syncs).toEqual(new Array(WRITES).fill(0));
  });
});
