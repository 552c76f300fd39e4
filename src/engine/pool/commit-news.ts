import type { Commit, CommitListener } from '../backends/backend.ts';
import type { OperationOutcome } from '../model/unit-outcome.ts';
import { touchedMemories } from '../touched-memories.ts';
import type { FoundOutcome } from './lost-group.ts';

type Position = Pick<Commit, 'csn' | 'headSeq' | 'cacheEpoch'>;

/** Where the file stands as far as this thread has heard, and who is told of what changes in it. */
export class CommitNews {
  readonly #listeners = new Set<CommitListener>();
  #headSeq = 0;
  #csn = 0;
  #cacheEpoch = 0;

  /** Newest entry of the change log. */
  get headSeq(): number {
    return this.#headSeq;
  }

  /** Where the file stands when it is opened. */
  begin({ headSeq, csn, cacheEpoch }: Position): void {
    this.#headSeq = headSeq;
    this.#csn = csn;
    this.#cacheEpoch = cacheEpoch;
  }

  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A group; call it in the order of the commits. */
  committed({ csn, headSeq, cacheEpoch }: Position, outcomes: readonly OperationOutcome[]): void {
    this.#headSeq = headSeq;
    this.#cacheEpoch = cacheEpoch;
    this.#announce(csn, outcomes);
  }

  /** A unit of a group whose thread was lost, which may be older than what was heard of before. */
  found({ csn, cacheEpoch, outcomes }: FoundOutcome): void {
    this.#cacheEpoch = cacheEpoch;
    this.#headSeq = Math.max(this.#headSeq, ...outcomes.map((outcome) => outcome.seq));
    this.#announce(csn, outcomes);
  }

  /** Upkeep changed what a recall finds of these memories. */
  upkeep(touched: Commit['touched']): void {
    this.#tell(this.#csn, touched);
  }

  #announce(csn: number, outcomes: readonly OperationOutcome[]): void {
    this.#csn = Math.max(this.#csn, csn);
    this.#tell(csn, touchedMemories(outcomes));
  }

  #tell(csn: number, touched: Commit['touched']): void {
    if (touched.length === 0) return;
    const position = { csn, headSeq: this.#headSeq, cacheEpoch: this.#cacheEpoch };
    for (const listener of this.#listeners) listener({ ...position, touched });
  }
}
