import { ReadOnlyError } from '../../errors.ts';
import type { BackendInfo } from '../backend.ts';

/** What a replica answers to whoever wants something changed. */
export function replicaRefusal(): ReadOnlyError {
  return new ReadOnlyError('this process is a replica: it only reads; nothing was changed', {
    data: { reason: 'replica' },
    remedy: 'Send it to the process that owns the database (trinitas serve without --replica).',
  });
}

/** For work that begins before it reaches the store. */
export function refuseOnReplica({ role }: BackendInfo): void {
  if (role === 'REPLICA') throw replicaRefusal();
}
