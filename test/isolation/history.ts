import type { IsolationLevel } from '../../src/engine/index.ts';
import type { Content, Predicate } from './driver.ts';

/** One step of one transaction; `as` names what it saw. */
export type Step = { readonly by: string } & (
  | { readonly does: 'begin' }
  | { readonly does: 'read'; readonly key: string; readonly as: string }
  | { readonly does: 'list'; readonly where: Predicate; readonly as: string }
  | { readonly does: 'write'; readonly key: string; readonly value: number }
  | { readonly does: 'increment'; readonly key: string; readonly amount: number }
  | { readonly does: 'incrementAll'; readonly where: Predicate; readonly amount: number }
  | { readonly does: 'delete'; readonly key: string }
  | { readonly does: 'deleteAll'; readonly where: Predicate }
  | { readonly does: 'spoil'; readonly key: string }
  | { readonly does: 'commit' }
  | { readonly does: 'abort' }
);

/** What a run of a history showed. */
export interface Seen {
  readonly reads: Readonly<Record<string, number | null | Content>>;
  /** `committed`, `aborted`, or the code of the error that ended the transaction. */
  readonly ended: Readonly<Record<string, string>>;
  readonly final: Content;
}

/**
 * One history of Hermitage or of our own, at every level: whether its anomaly happens, and which transactions are refused.
 * READ_UNCOMMITTED is served as READ_COMMITTED and must show the same.
 */
export interface History {
  readonly name: string;
  readonly start: Content;
  readonly steps: readonly Step[];
  readonly anomaly: (seen: Seen) => boolean;
  /** The weakest level at which the anomaly never happens. */
  readonly preventedFrom: ServedLevel;
  /** How transactions end that do not end as they ask; by level, nothing = all as they ask. */
  readonly refused: Readonly<Partial<Record<ServedLevel, Readonly<Record<string, string>>>>>;
}

export const SERVED_LEVELS = ['READ_COMMITTED', 'REPEATABLE_READ', 'SERIALIZABLE'] as const;
export type ServedLevel = (typeof SERVED_LEVELS)[number];

export function servedLevel(level: IsolationLevel): ServedLevel {
  return level === 'READ_UNCOMMITTED' ? 'READ_COMMITTED' : level;
}

export function isPrevented(history: History, level: IsolationLevel): boolean {
  return SERVED_LEVELS.indexOf(servedLevel(level)) >= SERVED_LEVELS.indexOf(history.preventedFrom);
}

/** Whether all of them committed. */
export function committed({ ended }: Seen, ...names: readonly string[]): boolean {
  return names.every((name) => ended[name] === 'committed');
}

/** The steps that one transaction can take. */
export interface Actor {
  readonly begin: Step;
  readonly read: (key: string, as: string) => Step;
  readonly list: (where: Predicate, as: string) => Step;
  readonly write: (key: string, value: number) => Step;
  readonly increment: (key: string, amount: number) => Step;
  readonly incrementAll: (where: Predicate, amount: number) => Step;
  readonly delete: (key: string) => Step;
  readonly deleteAll: (where: Predicate) => Step;
  readonly commit: Step;
  readonly abort: Step;
}

/** The steps of the transaction of that name. */
export function transaction(by: string): Actor {
  return {
    begin: { by, does: 'begin' },
    read: (key, as) => ({ by, does: 'read', key, as }),
    list: (where, as) => ({ by, does: 'list', where, as }),
    write: (key, value) => ({ by, does: 'write', key, value }),
    increment: (key, amount) => ({ by, does: 'increment', key, amount }),
    incrementAll: (where, amount) => ({ by, does: 'incrementAll', where, amount }),
    delete: (key) => ({ by, does: 'delete', key }),
    deleteAll: (where) => ({ by, does: 'deleteAll', where }),
    commit: { by, does: 'commit' },
    abort: { by, does: 'abort' },
  };
}
