import type { Anomaly } from './anomaly.ts';
import type { RunRecord, TransactionRecord } from './transaction-record.ts';

/** Adya's dependencies (MIT thesis 1999): write-write, write-read, read-write; and the order of real time. */
export type DependencyKind = 'ww' | 'wr' | 'rw' | 'rt';

export interface Dependency {
  readonly from: number;
  readonly to: number;
  readonly kind: DependencyKind;
  readonly why: string;
  /** Empty for `rt`. */
  readonly key: string;
  /** The reader of an `rw` saw by a query that the memory did not exist. */
  readonly phantom: boolean;
}

/** Nodes are the committed transactions in the order of `transactions`, then the barriers of real time. */
export interface Dependencies {
  readonly transactions: readonly TransactionRecord[];
  readonly nodes: number;
  readonly edges: readonly Dependency[];
  /** What is wrong with single reads, without any cycle. */
  readonly anomalies: readonly Anomaly[];
}

/**
 * Recovers the order of versions from the lists: every element names its writer, and a list names all versions before it.
 */
export function findDependencies(run: RunRecord): Dependencies {
  return new Builder(run).build();
}

class Builder {
  readonly #run: RunRecord;
  readonly #committed: readonly TransactionRecord[];
  readonly #writerOf = new Map<number, number>();
  readonly #takenBack = new Set<number>();
  readonly #edges: Dependency[] = [];
  readonly #anomalies: Anomaly[] = [];

  constructor(run: RunRecord) {
    this.#run = run;
    this.#committed = run.transactions.filter(({ outcome }) => outcome === 'committed');
    for (const { takenBack } of run.transactions)
      for (const element of takenBack) this.#takenBack.add(element);
    for (const [node, { steps }] of this.#committed.entries())
      for (const step of steps) if (step.kind === 'append') this.#writerOf.set(step.element, node);
  }

  build(): Dependencies {
    for (const [key, list] of this.#run.final) this.#order(key, list);
    this.#findLost();
    for (const node of this.#committed.keys()) this.#reads(node);
    const barriers = this.#realTime();
    return {
      transactions: this.#committed,
      nodes: this.#committed.length + barriers,
      edges: this.#edges,
      anomalies: this.#anomalies,
    };
  }

  #order(key: string, list: readonly number[]): void {
    this.#checkElements('the final list', key, list);
    for (let index = 1; index < list.length; index += 1) {
      const [before, after] = [list[index - 1], list[index]];
      this.#add('ww', this.#writer(before), this.#writer(after), key, `${after} after ${before}`);
    }
  }

  #findLost(): void {
    const kept = new Set([...this.#run.final.values()].flat());
    for (const [element, node] of this.#writerOf) {
      if (kept.has(element)) continue;
      this.#note('lost update', `element ${element} of ${this.#name(node)} is gone`);
    }
  }

  #reads(node: number): void {
    const own = new Map<string, number[]>();
    for (const step of this.#committed[node]?.steps ?? []) {
      if (step.kind === 'append') own.set(step.key, [...(own.get(step.key) ?? []), step.element]);
      else this.#read(node, step.key, step.list, own.get(step.key) ?? [], step.byQuery);
    }
  }

  #read(
    node: number,
    key: string,
    list: readonly number[],
    own: readonly number[],
    byQuery: boolean,
  ): void {
    const who = `${this.#name(node)} saw ${key} = [${list.join(' ')}]`;
    if (own.some((element, index) => list[list.length - own.length + index] !== element)) {
      this.#note('internal', `${who} without its own [${own.join(' ')}] at the end`);
      return;
    }
    const base = list.slice(0, list.length - own.length);
    const chain = this.#run.final.get(key) ?? [];
    const last = base.at(-1);
    if (last !== undefined) this.#add('wr', this.#writer(last), node, key, `${last} read`);
    if (base.some((element, index) => chain[index] !== element)) {
      this.#checkElements(who, key, base);
      this.#note('lost update', `${who}, which is no part of [${chain.join(' ')}]`);
      return;
    }
    const next = chain[base.length];
    if (next === undefined) return;
    const writer = this.#writer(next);
    if (last !== undefined && writer !== node && writer === this.#writer(last))
      this.#note('G1b', `${who} before ${this.#name(writer)} had appended ${next}`);
    const phantom = byQuery && list.length === 0;
    this.#add('rw', node, writer, key, `[${base.join(' ')}] read, then ${next}`, phantom);
  }

  #checkElements(who: string, key: string, list: readonly number[]): void {
    if (new Set(list).size < list.length)
      this.#note('duplicate', `${who}: ${key} = [${list.join(' ')}] holds an element twice`);
    for (const element of list) {
      if (this.#writerOf.has(element)) continue;
      const what = this.#takenBack.has(element) ? 'was taken back' : 'nobody wrote';
      this.#note('G1a', `${who}: ${key} holds ${element}, which ${what}`);
    }
  }

  /** One barrier per end of a transaction; whoever begins later follows the newest barrier before it. */
  #realTime(): number {
    const count = this.#committed.length;
    const byEnd = [...this.#committed.entries()].sort(([, a], [, b]) => a.ended - b.ended);
    const byBegin = [...this.#committed.entries()].sort(([, a], [, b]) => a.began - b.began);
    for (const [barrier, [node]] of byEnd.entries()) {
      this.#add('rt', node, count + barrier);
      if (barrier > 0) this.#add('rt', count + barrier - 1, count + barrier);
    }
    let passed = 0;
    for (const [node, { began }] of byBegin) {
      while ((byEnd[passed]?.[1].ended ?? Number.POSITIVE_INFINITY) < began) passed += 1;
      if (passed > 0) this.#add('rt', count + passed - 1, node);
    }
    return count;
  }

  #writer(element: number | undefined): number {
    return this.#writerOf.get(element ?? -1) ?? -1;
  }

  #name(node: number): string {
    return `T${this.#committed[node]?.id ?? '?'}`;
  }

  #add(
    kind: DependencyKind,
    from: number,
    to: number,
    key = '',
    why = 'ended before it began',
    phantom = false,
  ): void {
    if (from >= 0 && to >= 0 && from !== to)
      this.#edges.push({ from, to, kind, key, why, phantom });
  }

  #note(name: Anomaly['name'], witness: string): void {
    this.#anomalies.push({ name, witness });
  }
}
