import type { TransactionRead } from '../backends/backend.ts';
import type { ReadMap } from '../backends/read-map.ts';
import type { SeenPredicate } from '../model/validation.ts';
import { toDuplicates } from './duplicates.ts';
import type { Overlay } from './overlay.ts';
import { linksOverlaid, listOverlaid, recallOverlaid } from './overlay-reads.ts';
import type { OwnVectors } from './own-vectors.ts';
import { readPersonas } from './personas.ts';
import type { StatementCache } from './statement-cache.ts';

/** A read that other memories than those it found can change, so that it is run again to see whether it still holds. */
export type OverlayQuery = Extract<TransactionRead, { kind: SeenPredicate['kind'] }>;

/** Answers the queries of a transaction from the file and from its own writes. */
export class OverlayQueries {
  readonly #statements: StatementCache;
  readonly #overlay: Overlay;
  readonly #ownVectors: OwnVectors;

  constructor(statements: StatementCache, overlay: Overlay, ownVectors: OwnVectors) {
    this.#statements = statements;
    this.#overlay = overlay;
    this.#ownVectors = ownVectors;
  }

  answer(query: OverlayQuery): ReadMap[OverlayQuery['kind']]['result'] {
    switch (query.kind) {
      case 'list':
        return listOverlaid(this.#statements, this.#overlay, query.args);
      case 'recall':
        return recallOverlaid(this.#statements, this.#overlay, query.args, this.#ownVectors);
      case 'personas':
        return readPersonas(this.#statements, query.args.namespace, query.args.names);
      case 'links':
        return linksOverlaid(this.#statements, this.#overlay, query.args);
      case 'duplicates':
        return toDuplicates(this.#overlay.findDuplicates(query.args));
    }
  }
}
