import { closeSync, openSync, readSync, statSync, truncateSync, writeSync } from 'node:fs';
import type { SampleStore } from './sample-store.ts';

export const MUTATION_KINDS = [
  'bit of a row',
  'bit of an index',
  'bit of a derived table',
  'bit of any page',
  'bit of the log file',
  'zeroed page',
  'truncated file',
  'truncated log file',
] as const;
export type MutationKind = (typeof MUTATION_KINDS)[number];

/** Of twenty mutations, so many of each kind. */
const SHARES: readonly MutationKind[] = [
  ...Array<MutationKind>(5).fill('bit of a row'),
  ...Array<MutationKind>(4).fill('bit of an index'),
  ...Array<MutationKind>(3).fill('bit of a derived table'),
  'bit of any page',
  ...Array<MutationKind>(3).fill('bit of the log file'),
  ...Array<MutationKind>(2).fill('zeroed page'),
  'truncated file',
  'truncated log file',
];

const TABLES = /^(memories|changes|personas|memory_links|engine_meta)$/;
const INDEXES = /^(memories_(?!text)|sqlite_autoindex_|changes_|memory_tags_tag|memory_links_)/;
const DERIVED = /^(memories_text|embeddings|vector_codes|memory_tags|conversation_)/;

export interface Mutation {
  readonly kind: MutationKind;
  /** Which of the two files of the sample it begins with. */
  readonly base: 'closed' | 'killed';
  readonly what: string;
  apply(path: string): void;
}

export function planMutation(
  sample: SampleStore,
  index: number,
  random: (below: number) => number,
): Mutation {
  const kind = SHARES[index % SHARES.length] ?? 'bit of any page';
  const { pageSize } = sample;
  const pick = (pattern: RegExp): readonly [name: string, page: number] => {
    const names = [...sample.pages].filter(([name]) => pattern.test(name));
    const pages = names.flatMap(([name, numbers]) => numbers.map((page) => [name, page] as const));
    const found = pages[random(pages.length)];
    if (found === undefined) throw new Error(`no page matches ${pattern}`);
    return found;
  };
  const bitOf = (pattern: RegExp): Mutation => {
    const [name, page] = pick(pattern);
    const at = (page - 1) * pageSize + random(pageSize);
    const bit = random(8);
    const what = `bit ${bit} of byte ${at % pageSize} in page ${page} of ${name}`;
    return { kind, base: 'closed', what, apply: (path) => flip(path, at, bit) };
  };
  switch (kind) {
    case 'bit of a row':
      return bitOf(TABLES);
    case 'bit of an index':
      return bitOf(INDEXES);
    case 'bit of a derived table':
      return bitOf(DERIVED);
    case 'bit of any page':
      return bitOf(/./);
    case 'bit of the log file': {
      const at = random(statSync(`${sample.killed}-wal`).size);
      const bit = random(8);
      const apply = (path: string): void => flip(`${path}-wal`, at, bit);
      return { kind, base: 'killed', what: `bit ${bit} of byte ${at} in the log file`, apply };
    }
    case 'zeroed page': {
      const [name, page] = pick(/./);
      const zeros = Buffer.alloc(pageSize);
      const apply = (path: string): void => write(path, zeros, (page - 1) * pageSize);
      return { kind, base: 'closed', what: `page ${page} of ${name} zeroed`, apply };
    }
    case 'truncated file': {
      const size = random(statSync(sample.closed).size);
      const apply = (path: string): void => truncateSync(path, size);
      return { kind, base: 'closed', what: `cut to ${size} bytes`, apply };
    }
    case 'truncated log file': {
      const size = random(statSync(`${sample.killed}-wal`).size);
      const apply = (path: string): void => truncateSync(`${path}-wal`, size);
      return { kind, base: 'killed', what: `log file cut to ${size} bytes`, apply };
    }
  }
}

function flip(path: string, at: number, bit: number): void {
  const byte = Buffer.alloc(1);
  const descriptor = openSync(path, 'r');
  readSync(descriptor, byte, 0, 1, at);
  closeSync(descriptor);
  byte[0] = (byte[0] ?? 0) ^ (1 << bit);
  write(path, byte, at);
}

function write(path: string, bytes: Buffer, at: number): void {
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, at);
  closeSync(descriptor);
}
