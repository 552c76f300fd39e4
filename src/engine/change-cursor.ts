import { ValidationError } from './errors.ts';

/** A position in the change feed: everything up to and including `seq` was seen, in the history named by `epoch`. */
export interface ChangePosition {
  readonly epoch: string;
  readonly seq: number;
}

const SHAPE = /^([^\0:]{1,128}):(0|[1-9]\d{0,15})$/;

/** Opaque text for clients: base64url of `epoch:seq`. */
export function encodeChangeCursor({ epoch, seq }: ChangePosition): string {
  return Buffer.from(`${epoch}:${seq}`).toString('base64url');
}

/** Reads a cursor back; text that no `encodeChangeCursor` wrote is a ValidationError. */
export function decodeChangeCursor(cursor: unknown, path: readonly string[]): ChangePosition {
  if (typeof cursor === 'string' && cursor.length <= 256) {
    const text = Buffer.from(cursor, 'base64url').toString();
    const match = SHAPE.exec(text);
    const seq = Number(match?.[2]);
    if (
      match?.[1] !== undefined &&
      Number.isSafeInteger(seq) &&
      encodeChangeCursor({ epoch: match[1], seq }) === cursor
    ) {
      return { epoch: match[1], seq };
    }
  }
  throw new ValidationError([{ path, message: 'is not a cursor of the change feed' }], {
    remedy: 'Pass a cursor exactly as it was received, or none to start from now.',
  });
}
