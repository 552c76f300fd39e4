import { type Backup, type BackupKind, type Job, TransactionStateError } from '../engine/index.ts';
import type { RequestContext } from './context.ts';

export interface BackupRequest {
  readonly kind: BackupKind;
  readonly name?: string | null | undefined;
}

/** Begins the job, or answers the one that runs already. It holds the whole store, so no transaction holds it. */
export async function startBackup(
  { kind, name }: BackupRequest,
  context: RequestContext,
): Promise<Job> {
  if (context.transaction !== null) {
    throw new TransactionStateError('a backup cannot be part of a transaction', {
      remedy: 'Begin it before the transaction or after it.',
    });
  }
  return context.memories.backup({ kind, name: name ?? undefined });
}

export function listBackups(context: RequestContext): Promise<readonly Backup[]> {
  return context.memories.backups();
}
