import { ParticipantUnavailableError } from '../../../src/engine/errors.ts';

/** The embedder's error that a call rejects with; anything else fails the test. */
export async function caught(call: Promise<unknown>): Promise<ParticipantUnavailableError> {
  const error = await call.then(
    (value) => new Error(`it answered ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof ParticipantUnavailableError) return error;
  throw error;
}
