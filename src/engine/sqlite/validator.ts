import type { ReadMap } from '../backends/read-map.ts';
import { TransactionConflictError } from '../errors.ts';
import type { WriteUnit } from '../model/unit-of-work.ts';
import type { SeenLink, SeenPredicate, SeenVersion } from '../model/validation.ts';
import type { SqliteDatabase } from './database.ts';
import { DeadlineClock } from './deadline-clock.ts';
import { findDuplicates, toDuplicates } from './duplicates.ts';
import { findMemories } from './get-memories.ts';
import { csnOfLink } from './links.ts';
import { listMemories } from './list.ts';
import { csnOfMemory } from './memories.ts';
import { readPersonas } from './personas.ts';
import { recall } from './recall.ts';
import { digestOf } from './record-digest.ts';
import { readLinks } from './related-links.ts';
import type { StatementCache } from './statement-cache.ts';

/** All other writers wait while a predicate is run again; longer than this is a conflict, not a check. */
const PREDICATE_BUDGET_MS = 1_000;

/**
 * Optimistic validation: what a transaction read must still be so on the newest state, which includes earlier members of
 * the same commit group. Commit numbers are compared, so nothing but the data itself has to be remembered, and a memory
 * that was deleted and made again counts as changed.
 */
export class Validator {
  readonly #statements: StatementCache;
  readonly #clock: DeadlineClock;

  constructor(database: SqliteDatabase, statements: StatementCache) {
    this.#statements = statements;
    this.#clock = new DeadlineClock(database);
  }

  /** TransactionConflictError names the first memory or query that changed. */
  check({ validation, namespace }: WriteUnit, newestCsn: number): void {
    if (validation === undefined || validation.snapshotCsn === newestCsn) return;
    for (const seen of validation.versions) this.#checkVersion(namespace, seen);
    for (const seen of validation.links ?? []) this.#checkLink(seen);
    if (validation.predicates.length === 0) return;
    this.#clock.set(Date.now() + PREDICATE_BUDGET_MS);
    try {
      for (const predicate of validation.predicates) this.#checkPredicate(predicate);
    } finally {
      this.#clock.set(undefined);
    }
  }

  #checkVersion(namespace: string, { target, csn }: SeenVersion): void {
    if (csnOfMemory(this.#statements, namespace, target) === csn) return;
    throw conflict(`memory ${JSON.stringify('key' in target ? target.key : target.id)}`, {
      ...target,
    });
  }

  #checkLink(seen: SeenLink): void {
    const { csn, ...link } = seen;
    if (csnOfLink(this.#statements, seen) === csn) return;
    throw conflict(`the link ${link.kind} from ${link.sourceId} to ${link.targetId}`, { link });
  }

  #checkPredicate({ kind, args, digest }: SeenPredicate): void {
    if (this.#run(kind, args) !== digest) throw conflict(`the result of a ${kind} query`, { kind });
  }

  #run(kind: SeenPredicate['kind'], args: unknown): string {
    switch (kind) {
      case 'list':
        return digestOf(kind, listMemories(this.#statements, args as ReadMap['list']['args']));
      case 'recall':
        return digestOf(kind, recall(this.#statements, args as ReadMap['recall']['args']));
      case 'personas': {
        const { namespace, names } = args as ReadMap['personas']['args'];
        return digestOf(kind, readPersonas(this.#statements, namespace, names));
      }
      case 'links': {
        const linksArgs = args as ReadMap['links']['args'];
        const find = (targets: Parameters<typeof findMemories>[2]) =>
          findMemories(this.#statements, linksArgs.namespace, targets);
        return digestOf(kind, readLinks(this.#statements, linksArgs, find));
      }
      case 'duplicates': {
        const found = findDuplicates(this.#statements, args as ReadMap['duplicates']['args']);
        return digestOf(kind, toDuplicates(found));
      }
    }
  }
}

function conflict(what: string, data: Record<string, unknown>): TransactionConflictError {
  return new TransactionConflictError(
    `${what} was changed by another transaction since this one read it`,
    { data, remedy: 'Run the whole transaction again.' },
  );
}
