import type Database from 'better-sqlite3';

/** Looks at the file without an end in sight would hide a write that was never sent. */
const MAX_LOOKS = 2_000_000;

/** Lets the microtasks run that send a group, and nothing else: no reply can be taken in. */
export async function sendOnly(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

/** Holds this thread until the writer thread has committed a memory, whose reply then waits unread. */
export function waitForCommit(raw: Database.Database, key: string): void {
  const find = raw.prepare('SELECT 1 FROM memories WHERE key = ?').pluck();
  for (let look = 0; look < MAX_LOOKS; look += 1) if (find.get(key) === 1) return;
  throw new Error('the write was not committed');
}
