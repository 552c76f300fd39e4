import Database from 'better-sqlite3';
import { expect, onTestFinished } from 'vitest';
import { openBackend } from '../../src/engine/backends/open-backend.ts';
import type { EmbedderSetup } from '../../src/engine/embedding/embedder-setup.ts';
import type { ChangeRecord } from '../../src/engine/model/change.ts';
import { parseEngineConfig } from '../../src/engine/options.ts';
import { MemorySpace } from '../support/memory-space.ts';
import type { BackendKind } from '../support/open-test-backend.ts';
import {
  type AcknowledgedWrite,
  type Acknowledgement,
  type LoadRun,
  type LoadValue,
  unitOfWord,
} from './load.ts';

const loadOf = ({ record }: ChangeRecord): LoadValue => JSON.parse(record.valueText) as LoadValue;

/** Reads under way at a time. */
const READS_AT_ONCE = 250;

/** Checks a file that grows from one killed writer to the next; keeps a model of it built from the change log. */
export class LoadChecker {
  readonly #path: string;
  readonly #kind: BackendKind;
  readonly #namespace: string;
  readonly #embedder: EmbedderSetup | null;
  readonly #memories = new Map<string, { readonly version: number; readonly word: string }>();
  #seq = 0;
  #csn = 0;
  acknowledged = 0;
  /** Units that were committed, whether or not their acknowledgement came through. */
  committed = 0;
  /** Acknowledged units that the file does not hold as they were acknowledged. */
  lost = 0;
  /** Units of which the file holds a part. */
  partial = 0;
  /** Units in the file that nobody sent in this run, or that were answered with an error or rolled back. */
  phantom = 0;

  constructor(
    path: string,
    kind: BackendKind,
    namespace = 'load',
    embedder: EmbedderSetup | null = null,
  ) {
    this.#path = path;
    this.#kind = kind;
    this.#namespace = namespace;
    this.#embedder = embedder;
  }

  /** Reopens the file after a kill. */
  async check(run: LoadRun): Promise<void> {
    const memory = { backend: this.#kind, sqlite_path: this.#path };
    const backend = await openBackend(parseEngineConfig({ memory }), this.#embedder);
    onTestFinished(() => backend.close());
    const space = new MemorySpace(backend, this.#namespace);
    const changes = await this.#readChanges(space);
    const units = this.#checkOrder(changes);
    const faults = [
      ...this.#findPartial(units),
      ...this.#findPhantom(units, run),
      ...this.#findLost(units, run.acknowledged),
    ];
    expect(faults).toEqual([]);
    this.#remember(changes);
    await this.#checkMemories(space, [...new Set(changes.map(({ record }) => record.key))]);
    expect(space.backend.health().every(({ state }) => state === 'OK')).toBe(true);
    await space.backend.close();
    this.#checkFile();
    this.acknowledged += run.acknowledged.length;
  }

  async #readChanges(space: MemorySpace): Promise<readonly ChangeRecord[]> {
    const all: ChangeRecord[] = [];
    for (let afterSeq = this.#seq; ; ) {
      const page = await space.changes({ afterSeq });
      all.push(...page.changes);
      afterSeq = page.scannedSeq;
      if (afterSeq >= page.headSeq) return all;
    }
  }

  /** No gap in the sequence or the commit numbers. Returns the changes of each unit by its transaction id. */
  #checkOrder(changes: readonly ChangeRecord[]): ReadonlyMap<string, readonly ChangeRecord[]> {
    const units = new Map<string, ChangeRecord[]>();
    for (const change of changes) {
      expect(change.seq).toBe(this.#seq + 1);
      this.#seq = change.seq;
      const unit = units.get(change.txid);
      if (unit === undefined) {
        expect(change.csn).toBe(this.#csn + 1);
        this.#csn = change.csn;
        units.set(change.txid, [change]);
      } else {
        expect(change.csn).toBe(this.#csn);
        unit.push(change);
      }
    }
    this.committed += units.size;
    return units;
  }

  #findPartial(units: ReadonlyMap<string, readonly ChangeRecord[]>): readonly string[] {
    const faults = [...units].flatMap(([txid, unit]) => {
      const [first] = unit;
      const whole = first === undefined || first.kind === 'deleted' ? 1 : loadOf(first).of;
      return unit.length === whole ? [] : [`partial: ${txid} has ${unit.length} of ${whole}`];
    });
    this.partial += faults.length;
    return faults;
  }

  #findPhantom(
    units: ReadonlyMap<string, readonly ChangeRecord[]>,
    { name, refused }: LoadRun,
  ): readonly string[] {
    const unwanted = new Set(refused);
    const faults = [...units].flatMap(([txid, unit]) => {
      // A deletion shows what an earlier run may have stored.
      const [first] = unit.filter(({ kind }) => kind !== 'deleted');
      if (first === undefined) return [];
      const { word } = loadOf(first);
      if (!word.startsWith(name)) return [`phantom: ${txid} holds ${word}, sent in no such run`];
      return unwanted.has(unitOfWord(word)) ? [`phantom: ${txid} holds ${word}, refused`] : [];
    });
    this.phantom += faults.length;
    return faults;
  }

  #findLost(
    units: ReadonlyMap<string, readonly ChangeRecord[]>,
    acknowledged: readonly Acknowledgement[],
  ): readonly string[] {
    // Answers over GraphQL tell no transaction id. A key is deleted once, so that its deletion needs no version.
    const nameOf = ({ kind, key, version }: AcknowledgedWrite): string =>
      kind === 'deleted' ? `${kind} ${key}` : `${kind} ${key} ${version}`;
    const byWrite = new Map<string, readonly ChangeRecord[]>();
    for (const unit of units.values()) {
      for (const { kind, record } of unit)
        byWrite.set(nameOf({ kind, key: record.key, version: record.version }), unit);
    }
    const faults = acknowledged.flatMap((unit) => {
      const [first] = unit.writes;
      const named = first === undefined ? undefined : byWrite.get(nameOf(first));
      const found = unit.txid === undefined ? named : units.get(unit.txid);
      return isHeld(unit, found) ? [] : [`lost: ${JSON.stringify(unit)}`];
    });
    this.lost += faults.length;
    return faults;
  }

  #remember(changes: readonly ChangeRecord[]): void {
    for (const change of changes) {
      const { key, version } = change.record;
      if (change.kind === 'deleted') this.#memories.delete(key);
      else this.#memories.set(key, { version, word: loadOf(change).word });
    }
  }

  /** Memories and full-text index agree with the log. */
  async #checkMemories(space: MemorySpace, keys: readonly string[]): Promise<void> {
    for (let from = 0; from < keys.length; from += READS_AT_ONCE) {
      const some = keys.slice(from, from + READS_AT_ONCE);
      await Promise.all(some.map((key) => this.#checkMemory(space, key)));
    }
    const { total } = await space.list({ limit: 1, withTotal: true });
    expect(total).toBe(this.#memories.size);
  }

  async #checkMemory(space: MemorySpace, key: string): Promise<void> {
    const expected = this.#memories.get(key);
    const record = await space.get(key);
    expect(record?.version).toBe(expected?.version);
    if (record === null || expected === undefined) return;
    expect((JSON.parse(record.valueText) as LoadValue).word).toBe(expected.word);
    expect(await space.recall(expected.word)).toEqual([key]);
  }

  #checkFile(): void {
    const raw = new Database(this.#path, { readonly: true });
    try {
      expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(raw.pragma('foreign_key_check')).toEqual([]);
      const count = (table: string): unknown =>
        raw.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
      expect(count('memories_text')).toBe(this.#memories.size);
      expect(count('memories')).toBe(this.#memories.size);
      if (this.#embedder !== null) {
        expect(count("embeddings WHERE state = 'READY'")).toBe(this.#memories.size);
        const codes = raw.prepare('SELECT coalesce(sum(count), 0) FROM vector_codes').pluck();
        expect(codes.get()).toBe(this.#memories.size);
      }
      expect(raw.prepare('SELECT csn, change_seq FROM engine_meta').raw().get()).toEqual([
        this.#csn,
        this.#seq,
      ]);
    } finally {
      raw.close();
    }
  }
}

/** Whether the file holds a unit exactly as it was acknowledged, write for write. */
function isHeld(unit: Acknowledgement, found: readonly ChangeRecord[] | undefined): boolean {
  const last = found?.at(-1);
  if (found === undefined || last === undefined || found.length !== unit.writes.length)
    return false;
  if (unit.csn !== undefined && unit.csn !== last.csn) return false;
  if (unit.seq !== undefined && unit.seq !== last.seq) return false;
  return unit.writes.every(({ key, kind, version }, index) => {
    const change = found[index];
    return (
      change?.kind === kind &&
      change.record.key === key &&
      (version === undefined || change.record.version === version)
    );
  });
}
