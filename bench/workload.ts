import { at, mulberry32, pick } from './random.ts';
import {
  COMMON_WORDS,
  KEY_PREFIXES,
  NAME_HEADS,
  NAME_TAILS,
  PERSONAS,
  TOPICS,
} from './word-list.ts';

/** One memory of the workload, in the form v4's `store` took. About 300 bytes in all, 30 words. */
export interface WorkloadItem {
  readonly key: string;
  readonly value: { readonly text: string; readonly when: string };
  readonly metadata: {
    readonly persona: string;
    readonly importance: number;
    readonly type: string;
    readonly source: string;
  };
  /** What the memory is about; queries are made from these. */
  readonly topic: string;
  readonly project: string;
}

/**
 * Kinds of recall, measured apart because they cost differently:
 * - `topic`: one frequent word, in 3 % of all keys;
 * - `project`: one rare word, in less than 0.1 % of all keys;
 * - `question`: a sentence, as people and agents ask. v4 looked for it literally in the keys, so it found nothing.
 */
export const QUERY_KINDS = ['topic', 'project', 'question'] as const;
export type QueryKind = (typeof QUERY_KINDS)[number];

/** Same seed, same items and queries, on every machine. */
export class Workload {
  readonly #random: () => number;
  #items = 0;

  constructor(seed: number) {
    this.#random = mulberry32(seed);
  }

  /** The next memory; keys never repeat. */
  next(): WorkloadItem {
    this.#items += 1;
    const topic = this.#pick(TOPICS);
    const project = `${this.#pick(NAME_HEADS)}${this.#pick(NAME_TAILS)}`;
    return {
      key: `${this.#pick(KEY_PREFIXES)}${topic}_${project}_${this.#items}`,
      value: { text: this.#sentence(topic, project), when: this.#day() },
      metadata: {
        persona: this.#pick(PERSONAS),
        importance: Math.floor(this.#random() * 1000) / 1000,
        type: 'note',
        source: 'bench',
      },
      topic,
      project,
    };
  }

  take(count: number): readonly WorkloadItem[] {
    return Array.from({ length: count }, () => this.next());
  }

  /** A query of that kind about one of the items, so that something is there to be found. */
  query(kind: QueryKind, items: readonly WorkloadItem[]): string {
    const { topic, project, metadata } = this.#pick(items);
    if (kind === 'topic') return topic;
    if (kind === 'project') return project;
    return `what did ${metadata.persona} decide about the ${topic} for ${project}`;
  }

  /** 26 common words, the topic twice and the project twice, as a text about something is. */
  #sentence(topic: string, project: string): string {
    const words = Array.from({ length: 26 }, () => this.#common());
    for (const word of [topic, project, topic, project]) {
      words.splice(Math.floor(this.#random() * words.length), 0, word);
    }
    return `${words.join(' ')}.`;
  }

  /** The square makes early words frequent and late ones rare. */
  #common(): string {
    return at(COMMON_WORDS, Math.floor(this.#random() ** 2 * COMMON_WORDS.length));
  }

  #day(): string {
    const day = 1 + Math.floor(this.#random() * 28);
    return `2025-${String(1 + Math.floor(this.#random() * 12)).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  }

  #pick<T>(list: readonly T[]): T {
    return pick(list, this.#random);
  }
}
