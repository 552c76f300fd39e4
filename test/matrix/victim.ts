import { setTimeout as delay } from 'node:timers/promises';
import type { ProtocolStep } from '../../src/engine/backends/hybrid/protocol-step.ts';
import { openEmbedding } from '../../src/engine/embedding/open-embedding.ts';
import { processSurroundings } from '../../src/engine/embedding/process-surroundings.ts';
import { MemorySystemError } from '../../src/engine/errors.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { type MutantName, openMatrixBackend } from './open-matrix-backend.ts';
import { CREATED, crashingUnit, prepareNamespace, whenDrained } from './scenario-unit.ts';

/*
 * A process that is made to die at one step of the commit protocol or of the recovery. Its one argument is a VictimOrder as JSON.
 * It prints ACK or NACK with a code when it lives long enough.
 */

/** A step of the trace, or a place inside the writer thread. */
export type DeathStep = ProtocolStep | 'IN_GROUP' | 'COMMITTED';

export interface VictimOrder {
  readonly path: string;
  readonly redisUrl: string;
  readonly chromaUrl: string;
  readonly namespace: string;
  readonly commitMode: 'available' | 'strict';
  /** The transaction to write; null: only recover. */
  readonly txid: string | null;
  /** The unit breaks a rule, so that the writer refuses it. */
  readonly refused: boolean;
  readonly dieAt: DeathStep;
  readonly mutant: MutantName | null;
}

/** A sweep that takes longer than this does not get to its end. */
const SWEEP_MS = 30_000;

const order = JSON.parse(process.argv[2] ?? '{}') as VictimOrder;
const { namespace, txid, dieAt, path, redisUrl, chromaUrl, commitMode } = order;

const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};

// What prepares the scene passes the same steps; only the unit itself, and the recovery, may be killed there.
let armed = txid === null;
const inWriter = dieAt === 'IN_GROUP' || dieAt === 'COMMITTED' ? dieAt : null;
const options = parseEngineConfig({
  memory: {
    backend: 'hybrid',
    sqlite_path: path,
    redis_url: redisUrl,
    chroma_url: chromaUrl,
    commit_mode: commitMode,
    // A busy machine must not look like a participant that is away.
    prepare_timeout: 10,
  },
});
const embedding = openEmbedding(options.embedder, processSurroundings());
const backend = await openMatrixBackend(options, embedding?.setup ?? null, order.mutant, {
  reached: (step) => {
    if (armed && step === dieAt) die();
  },
  dieInWriter: inWriter === null ? undefined : { at: inWriter, key: CREATED },
});

if (txid !== null) {
  await prepareNamespace(backend, namespace);
  armed = true;
  try {
    const { pending = [] } = await backend.write(crashingUnit(namespace, txid, order.refused), 0);
    process.stdout.write(`ACK ${JSON.stringify(pending)}\n`);
  } catch (error) {
    process.stdout.write(
      `NACK ${error instanceof MemorySystemError ? error.code : String(error)}\n`,
    );
  }
}
// The sweep runs beside everything; closing would stop it before the step that it may have to die at.
if (dieAt === 'RECOVERY_SWEPT') await delay(SWEEP_MS);
await whenDrained(backend);
await backend.close();
