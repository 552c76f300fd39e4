import { onTestFinished } from 'vitest';
import type { EmbedderSetup } from '../../src/engine/embedding/embedder-setup.ts';
import { StatementMetrics } from '../../src/engine/metrics/statement-metrics.ts';
import type { WriteUnit } from '../../src/engine/model/unit-of-work.ts';
import type { UnitOutcome } from '../../src/engine/model/unit-outcome.ts';
import type { WriteOperation } from '../../src/engine/model/write-operation.ts';
import type { DatabaseOptions } from '../../src/engine/sqlite/database.ts';
import { ReadSession } from '../../src/engine/sqlite/read-session.ts';
import { WriteSession } from '../../src/engine/sqlite/write-session.ts';
import { unitOf } from './memory-space.ts';

function quietMetrics(): StatementMetrics {
  return new StatementMetrics({ slowQueryMs: Number.POSITIVE_INFINITY, onSlow: () => undefined });
}

/** What runs inside of the writer's thread, here in the test's own; closed when the test is over unless the test did. */
export function openWriteSession(
  path: string,
  role: Exclude<DatabaseOptions['role'], 'reader'> = 'writer',
  embedder: EmbedderSetup | null = null,
): WriteSession {
  const session = new WriteSession(
    { path, role, synchronous: 'FULL', mmapSize: 0, embedder },
    quietMetrics(),
  );
  onTestFinished(() => {
    if (session.database.open) session.close();
  });
  return session;
}

/** Reads on the same connection, as the synchronous backend does, or on that of a reader. */
export function readsOf(
  session: Pick<WriteSession, 'database' | 'statements'>,
  path: string,
): ReadSession {
  return new ReadSession(session.database, session.statements, quietMetrics(), path);
}

/** Commits one unit and gives its outcome; throws what it was refused with. */
export function commitUnit(session: WriteSession, unit: WriteUnit): UnitOutcome {
  const [result] = session.commitGroup([unit]).results;
  if (result === undefined) throw new Error('the session gave no answer');
  if ('error' in result) throw result.error;
  return result.outcome;
}

export function commit(session: WriteSession, ...operations: WriteOperation[]): UnitOutcome {
  return commitUnit(session, unitOf('main', operations));
}
