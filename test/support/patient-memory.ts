import type { EngineConfigInput } from '../../src/engine/index.ts';

/**
 * For every store of the tests, which may share its processor with twenty others: reads that wait for a connection are refused much later
 * than by default. A test of that bound sets its own.
 */
export const PATIENT_MEMORY: EngineConfigInput['memory'] = { connection_timeout: 60 };
