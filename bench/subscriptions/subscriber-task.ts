import type { BlockResult } from '../samples.ts';

/** Tags of the stores; a subscriber of `memoryChanges` asks for one of them, so it is told every twentieth store. */
export const TOPICS = 20;

/** `topic_7`. */
export function topicOf(number: number): string {
  return `topic_${number % TOPICS}`;
}

/** What is stored as a value. */
export interface Told {
  readonly number: number;
  /** Unix ms with fractions, when the store was sent. */
  readonly sentAt: number;
}

/** Unix ms with fractions; all processes of one machine agree on it to about a millisecond. */
export function wallClock(): number {
  return performance.timeOrigin + performance.now();
}

/** Orders to the process of the subscribers; each is answered by one message. */
export type SubscriberOrder =
  /** Connects them all; of both kinds each `1 / silentShare`-th never reads after its subscription was taken. */
  | {
      readonly order: 'connect';
      readonly url: string;
      readonly stats: number;
      readonly changes: number;
      readonly silentShare: number;
    }
  /** Destroys the sockets of that share of those that read. */
  | { readonly order: 'vanish'; readonly share: number }
  /** What was told since the connection; waits until every reader was told of the last of these numbers or `withinMs` is over. */
  | { readonly order: 'report'; readonly stored: readonly number[]; readonly withinMs: number }
  /** Closes what is left, without a word where nobody reads. */
  | { readonly order: 'leave' };

export interface SubscriberReport {
  /** From sending a store to the receipt of its change, by readers of `memoryChanges`. */
  readonly delay: BlockResult;
  /** Changes told to readers, and samples told to readers of `stats`. */
  readonly changes: number;
  readonly samples: number;
  /** Of stores that a reader's filter matches: not told, and told more than once. */
  readonly missed: number;
  readonly duplicated: number;
}
