import { type IsolationLevel, MemorySystemError } from '../../../src/engine/index.ts';
import { randomFrom } from '../../support/random.ts';
import { type ListClient, type ListSession, REFUSALS } from './list-client.ts';
import type { RecordedStep, RunRecord, TransactionRecord } from './transaction-record.ts';

export interface Workload {
  readonly seed: number;
  readonly level: IsolationLevel;
  readonly transactions: number;
  /** Transactions that are open at the same time. */
  readonly clients: number;
}

/** Keys in use at a time: few, so that transactions meet. */
const ACTIVE_KEYS = 5;
/** Elements after which a key is left for a new one, so that lists stay short and keys come into being all the time. */
const ELEMENTS_PER_KEY = 20;
const MAX_STEPS = 4;

/** Runs random transactions from a seed and records what each did and saw. */
export async function generate(client: ListClient, workload: Workload): Promise<RunRecord> {
  const run = new Run(client, workload);
  await Promise.all(Array.from({ length: workload.clients }, () => run.work()));
  return run.record();
}

class Run {
  readonly #client: ListClient;
  readonly #workload: Workload;
  readonly #random: (below: number) => number;
  readonly #transactions: TransactionRecord[] = [];
  readonly #keys: { readonly key: string; elements: number }[] = [];
  #started = 0;
  #events = 0;
  #elements = 0;
  #keysMade = 0;

  constructor(client: ListClient, workload: Workload) {
    this.#client = client;
    this.#workload = workload;
    this.#random = randomFrom(workload.seed);
    while (this.#keys.length < ACTIVE_KEYS) this.#keys.push(this.#newKey());
  }

  /** One client: transactions one after another until all are done. */
  async work(): Promise<void> {
    while (this.#started < this.#workload.transactions) {
      this.#started += 1;
      await this.#transaction(this.#started);
    }
  }

  async record(): Promise<RunRecord> {
    const keys = Array.from({ length: this.#keysMade }, (_, index) => `k${index}`);
    return { transactions: this.#transactions, final: await this.#client.lists(keys) };
  }

  async #transaction(id: number): Promise<void> {
    const began = this.#tick();
    const steps: RecordedStep[] = [];
    const takenBack: number[] = [];
    const wantsAbort = this.#random(100) < 4;
    let outcome: TransactionRecord['outcome'] = 'aborted';
    try {
      const session = await this.#client.begin(this.#workload.level);
      const count = 1 + this.#random(MAX_STEPS);
      for (let step = 0; step < count; step += 1) await this.#step(session, steps, takenBack);
      if (wantsAbort) await session.rollback();
      else {
        await session.commit();
        outcome = 'committed';
      }
    } catch (error) {
      if (!(error instanceof MemorySystemError) || !REFUSALS.has(error.code)) throw error;
    }
    if (outcome === 'aborted') {
      for (const step of steps) if (step.kind === 'append') takenBack.push(step.element);
    }
    const { level } = this.#workload;
    this.#transactions.push({ id, level, steps, takenBack, outcome, began, ended: this.#tick() });
  }

  async #step(session: ListSession, steps: RecordedStep[], takenBack: number[]): Promise<void> {
    const choice = this.#random(100);
    if (choice < 30) await this.#read(session, steps);
    else if (choice < 45) await this.#query(session, steps);
    else if (choice < 75) await this.#append(session, steps);
    else if (choice < 92) await this.#readAndStore(session, steps);
    else await this.#takeBack(session, steps, takenBack);
  }

  async #read(session: ListSession, steps: RecordedStep[]): Promise<string> {
    const key = this.#someKey();
    steps.push({ kind: 'read', key, list: await session.get(key), byQuery: false });
    return key;
  }

  async #query(session: ListSession, steps: RecordedStep[]): Promise<void> {
    const keys = this.#keys.map(({ key }) => key);
    const lists = await session.query(keys);
    for (const key of keys)
      steps.push({ kind: 'read', key, list: lists.get(key) ?? [], byQuery: true });
  }

  /** As an operation of the server, which needs a memory; the first element of a key makes it. */
  async #append(session: ListSession, steps: RecordedStep[]): Promise<void> {
    const key = this.#someKey();
    const element = this.#newElement(key);
    if (!(await session.append(key, element))) {
      steps.push({ kind: 'read', key, list: [], byQuery: false });
      await session.store(key, [element]);
    }
    steps.push({ kind: 'append', key, element });
  }

  async #readAndStore(session: ListSession, steps: RecordedStep[]): Promise<void> {
    const key = this.#someKey();
    const list = await session.get(key);
    steps.push({ kind: 'read', key, list, byQuery: false });
    const element = this.#newElement(key);
    await session.store(key, [...list, element]);
    steps.push({ kind: 'append', key, element });
  }

  async #takeBack(session: ListSession, steps: RecordedStep[], takenBack: number[]): Promise<void> {
    await session.savepoint('s');
    const undone: RecordedStep[] = [];
    await this.#append(session, undone);
    await this.#readAndStore(session, undone);
    await session.rollbackTo('s');
    for (const step of undone) if (step.kind === 'append') takenBack.push(step.element);
    await this.#read(session, steps);
  }

  #someKey(): string {
    const slot = this.#keys[this.#random(ACTIVE_KEYS)];
    if (slot === undefined) throw new Error('there is no key');
    return slot.key;
  }

  #newElement(key: string): number {
    const index = this.#keys.findIndex((slot) => slot.key === key);
    const slot = this.#keys[index];
    if (slot !== undefined) {
      slot.elements += 1;
      if (slot.elements >= ELEMENTS_PER_KEY) this.#keys[index] = this.#newKey();
    }
    this.#elements += 1;
    return this.#elements;
  }

  #newKey(): { readonly key: string; elements: number } {
    const key = `k${this.#keysMade}`;
    this.#keysMade += 1;
    return { key, elements: 0 };
  }

  #tick(): number {
    this.#events += 1;
    return this.#events;
  }
}
