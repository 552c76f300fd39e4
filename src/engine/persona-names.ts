import { LRUCache } from 'lru-cache';
import type { Backend, Commit } from './backends/backend.ts';
import { foldText } from './search/text-normalize.ts';

/** Namespaces whose personas are kept. */
const MAX_NAMESPACES = 1_000;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** A query without the names of personas that stand in it. */
export interface NamedQuery {
  /** Personas whose whole names stand in the query, as they are spelled in the store. */
  readonly named: readonly string[];
  /** Folded words of these names. */
  readonly words: ReadonlySet<string>;
  /** The query without them; as it is when nothing else stands in it. */
  readonly rest: string;
}

/** Names by their folded words. */
type NameList = Map<string, { readonly words: readonly string[]; readonly names: Set<string> }[]>;

/**
 * The personas of each namespace, to find their names in queries. Read once, then kept up to date by the commits, since personas
 * are made on first use and never deleted. On a replica they are read for every query: it hears of a commit only after the owner
 * has acknowledged it.
 */
export class PersonaNames {
  readonly #backend: Backend;
  readonly #timeoutMs: number;
  readonly #lists = new LRUCache<string, Promise<NameList>>({ max: MAX_NAMESPACES });

  constructor(backend: Backend, timeoutMs: number) {
    this.#backend = backend;
    this.#timeoutMs = timeoutMs;
  }

  onCommit({ touched }: Commit): void {
    for (const { namespace, persona } of touched) {
      if (persona === null) continue;
      const list = this.#lists.get(namespace);
      // A failed read was forgotten already and is made again with the next query.
      void list?.then((names) => add(names, persona)).catch(() => undefined);
    }
  }

  async find(namespace: string, query: string): Promise<NamedQuery> {
    const list = await this.#list(namespace);
    if (list.size === 0) return { named: [], words: new Set(), rest: query };
    const tokens = Array.from(query.matchAll(WORD), (match) => ({
      word: foldText(match[0]),
      start: match.index,
      end: match.index + match[0].length,
    }));
    const named = new Set<string>();
    const taken = new Set<number>();
    for (const [index, { word }] of tokens.entries()) {
      for (const { words, names } of list.get(word) ?? []) {
        if (!words.every((part, offset) => tokens[index + offset]?.word === part)) continue;
        for (const name of names) named.add(name);
        for (let offset = 0; offset < words.length; offset += 1) taken.add(index + offset);
      }
    }
    return {
      named: [...named],
      words: new Set(Array.from(taken, (index) => tokens[index]?.word ?? '')),
      rest: without(query, tokens, taken),
    };
  }

  #list(namespace: string): Promise<NameList> {
    if (this.#backend.info.role === 'REPLICA') return this.#load(namespace);
    const known = this.#lists.get(namespace);
    if (known !== undefined) return known;
    const loading = this.#load(namespace);
    this.#lists.set(namespace, loading);
    loading.catch(() => this.#lists.delete(namespace));
    return loading;
  }

  async #load(namespace: string): Promise<NameList> {
    const deadline = Date.now() + this.#timeoutMs;
    const personas = await this.#backend.read('personas', { namespace, names: null }, { deadline });
    const list: NameList = new Map();
    for (const persona of personas) if (persona !== null) add(list, persona.name);
    return list;
  }
}

function add(list: NameList, name: string): void {
  const words = foldText(name).match(WORD) ?? [];
  const [first] = words;
  if (first === undefined) return;
  const entries = list.get(first) ?? [];
  const known = entries.find((entry) => entry.words.join(' ') === words.join(' '));
  if (known === undefined) entries.push({ words, names: new Set([name]) });
  else known.names.add(name);
  list.set(first, entries);
}

function without(
  query: string,
  tokens: readonly { readonly start: number; readonly end: number }[],
  taken: ReadonlySet<number>,
): string {
  if (taken.size === 0 || taken.size === tokens.length) return query;
  let rest = '';
  let from = 0;
  for (const [index, { start, end }] of tokens.entries()) {
    if (!taken.has(index)) continue;
    rest += query.slice(from, start);
    from = end;
  }
  return (rest + query.slice(from)).trim();
}
