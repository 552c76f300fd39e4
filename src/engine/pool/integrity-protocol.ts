import type { MessagePort } from 'node:worker_threads';
import type {
  RepairOptions,
  RepairReport,
  VerifyDepth,
  VerifyReport,
} from '../integrity-report.ts';
import type { WireError } from './error-transfer.ts';

/** What the integrity thread can do; each task is one message with one answer, and its progress comes through a port. */
export interface IntegrityTasks {
  verify: { args: { readonly path: string; readonly depth: VerifyDepth }; result: VerifyReport };
  repair: { args: RepairOptions; result: RepairReport };
}
export type IntegrityTask = keyof IntegrityTasks;

export interface IntegrityCall {
  readonly task: IntegrityTask;
  readonly args: IntegrityTasks[IntegrityTask]['args'];
  readonly port: MessagePort;
}

export interface IntegrityProgress {
  readonly done: number;
  readonly total: number;
}

export type IntegrityReply =
  | { readonly ok: true; readonly result: IntegrityTasks[IntegrityTask]['result'] }
  | { readonly ok: false; readonly error: WireError };
