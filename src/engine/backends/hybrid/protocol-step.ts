/**
 * Named steps of the commit protocol and of the recovery, in the order of engine.md section 3. A trace is told of each one when it has
 * happened; the crash matrix ends the process there.
 */
export const PROTOCOL_STEPS = [
  'BEFORE_PREPARE',
  'REDIS_PREPARED',
  'CHROMA_STAGED',
  'REFUSED',
  'REDIS_ABORTED',
  'ACKNOWLEDGED',
  'REDIS_PROMOTED',
  'CHROMA_PUT',
  'OUTBOX_DONE',
  'RECOVERY_BEGUN',
  'RECOVERY_PROMOTED',
  'RECOVERY_FENCES_GONE',
  'RECOVERY_SWEPT',
] as const;
export type ProtocolStep = (typeof PROTOCOL_STEPS)[number];

export interface ProtocolTrace {
  readonly reached: (step: ProtocolStep) => void;
  /** Where inside the writer the process ends, for units that touch this key. */
  readonly dieInWriter?:
    | { readonly at: 'IN_GROUP' | 'COMMITTED'; readonly key: string }
    | undefined;
}

export const NO_TRACE: ProtocolTrace = { reached: () => undefined };
