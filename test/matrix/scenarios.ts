import type { ProtocolStep } from '../../src/engine/backends/hybrid/protocol-step.ts';
import { uuidV7 } from '../../src/engine/uuid-v7.ts';
import { findFaults } from './check-end-state.ts';
import type { MatrixWorld } from './matrix-world.ts';
import type { MutantName } from './open-matrix-backend.ts';
import type { DeathStep } from './victim.ts';

/** Where a process dies while it writes, and what has become of the transaction then (engine.md section 3). */
export const WRITE_DEATHS = {
  BEFORE_PREPARE: 'ABORT',
  REDIS_PREPARED: 'ABORT',
  CHROMA_STAGED: 'ABORT',
  IN_GROUP: 'ABORT',
  COMMITTED: 'COMMIT',
  ACKNOWLEDGED: 'COMMIT',
  REDIS_PROMOTED: 'COMMIT',
  CHROMA_PUT: 'COMMIT',
  OUTBOX_DONE: 'COMMIT',
  REFUSED: 'ABORT',
  REDIS_ABORTED: 'ABORT',
} as const satisfies Partial<Record<DeathStep, 'COMMIT' | 'ABORT'>>;
export type WriteDeath = keyof typeof WRITE_DEATHS;

export const RECOVERY_DEATHS = [
  'RECOVERY_BEGUN',
  'RECOVERY_PROMOTED',
  'RECOVERY_FENCES_GONE',
  'RECOVERY_SWEPT',
] as const satisfies readonly ProtocolStep[];
export type RecoveryDeath = (typeof RECOVERY_DEATHS)[number];

export interface Scenario {
  readonly dieAt: WriteDeath;
  readonly commitMode: 'available' | 'strict';
  /** Redis loses everything between the death and the recovery. */
  readonly wiped: boolean;
  /** The recovery dies too. */
  readonly second: RecoveryDeath | null;
}

const MODES = ['available', 'strict'] as const;

/** Every step, mode, wipe and second death; those without a second death first. */
export function allScenarios(): readonly Scenario[] {
  const deaths = Object.keys(WRITE_DEATHS) as WriteDeath[];
  return [null, ...RECOVERY_DEATHS].flatMap((second) =>
    deaths.flatMap((dieAt) =>
      MODES.flatMap((commitMode) =>
        [false, true].map((wiped) => ({ dieAt, commitMode, wiped, second })),
      ),
    ),
  );
}

export function nameOf({ dieAt, commitMode, wiped, second }: Scenario): string {
  return `${dieAt}, ${commitMode}${wiped ? ', Redis wiped' : ''}${second === null ? '' : `, then ${second}`}`;
}

/** Plays one scenario; the faults of the end state, empty = as in the table. */
export async function play(
  world: MatrixWorld,
  scenario: Scenario,
  mutant: MutantName | null = null,
): Promise<readonly string[]> {
  const { dieAt, commitMode, wiped, second } = scenario;
  const txid = uuidV7(Date.now());
  const namespace = `s${txid}`;
  const refused = dieAt === 'REFUSED' || dieAt === 'REDIS_ABORTED';
  const order = { namespace, commitMode, refused, mutant };
  const first = await world.run({ ...order, txid, dieAt });
  if (first.signal !== 'SIGKILL') return [`the process did not die at ${dieAt}: ${first.output}`];
  if (wiped) await world.redis.flushall();
  if (second !== null) {
    const again = await world.run({ ...order, txid: null, dieAt: second });
    if (again.signal !== 'SIGKILL') return [`the recovery did not die at ${second}`];
  }
  const backend = await world.recovered(mutant);
  try {
    const committed = WRITE_DEATHS[dieAt] === 'COMMIT';
    return await findFaults(world, backend, { namespace, txid, committed });
  } finally {
    await backend.close();
    // What a mutant leaves must not be blamed on the next scenario.
    if (mutant !== null) await world.redis.flushall();
  }
}
