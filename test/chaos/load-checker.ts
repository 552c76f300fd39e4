import Database from 'better-sqlite3';
import { expect } from 'vitest';
import type { ChangeRecord } from '../../src/engine/types.ts';
import { MemorySpace } from '../support/memory-space.ts';
import { type BackendKind, openTestBackend } from '../support/open-test-backend.ts';
import type { Acknowledgement, LoadValue } from '../support/store-under-load.ts';

const loadOf = ({ record }: ChangeRecord): LoadValue => JSON.parse(record.valueText) as LoadValue;

/** Checks a file that grows from one killed writer to the next; keeps a model of it built from the change log. */
export class LoadChecker {
  readonly #path: string;
  readonly #kind: BackendKind;
  readonly #memories = new Map<string, { readonly version: number; readonly word: string }>();
  #seq = 0;
  #csn = 0;
  acknowledged = 0;
  /** Units that were committed, whether or not their acknowledgement came through. */
  committed = 0;

  constructor(path: string, kind: BackendKind) {
    this.#path = path;
    this.#kind = kind;
  }

  /** Reopens the file after a kill. */
  async check(acknowledgements: readonly Acknowledgement[]): Promise<void> {
    const space = new MemorySpace(await openTestBackend(this.#kind, this.#path), 'load');
    const changes = await this.#readChanges(space);
    this.#checkOrder(changes);
    this.#checkAcknowledged(changes, acknowledgements);
    await this.#checkMemories(space, new Set(changes.map(({ record }) => record.key)));
    expect(space.backend.health().every(({ state }) => state === 'OK')).toBe(true);
    await space.backend.close();
    this.#checkFile();
    this.acknowledged += acknowledgements.length;
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

  /** No gap in the sequence or the commit numbers, and no unit in parts. */
  #checkOrder(changes: readonly ChangeRecord[]): void {
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
    for (const unit of units.values()) {
      const [first] = unit;
      const whole = first === undefined || first.kind === 'deleted' ? 1 : loadOf(first).of;
      expect(unit).toHaveLength(whole);
    }
    this.committed += units.size;
  }

  #checkAcknowledged(
    changes: readonly ChangeRecord[],
    acknowledgements: readonly Acknowledgement[],
  ): void {
    const logged = new Map<string, Acknowledgement>();
    for (const change of changes) {
      const { txid, csn, kind, record } = change;
      const { key, version } = record;
      const writes = logged.get(txid)?.writes ?? [];
      logged.set(txid, { txid, csn, writes: [...writes, { kind, key, version }] });
      if (kind === 'deleted') this.#memories.delete(key);
      else this.#memories.set(key, { version, word: loadOf(change).word });
    }
    for (const acknowledgement of acknowledgements)
      expect(logged.get(acknowledgement.txid)).toEqual(acknowledgement);
  }

  /** Memories and full-text index agree with the log. */
  async #checkMemories(space: MemorySpace, keys: ReadonlySet<string>): Promise<void> {
    await Promise.all(
      [...keys].map(async (key) => {
        const expected = this.#memories.get(key);
        const record = await space.get(key);
        expect(record?.version).toBe(expected?.version);
        if (record === null || expected === undefined) return;
        expect((JSON.parse(record.valueText) as LoadValue).word).toBe(expected.word);
        expect(await space.recall(expected.word)).toEqual([key]);
      }),
    );
    const { total } = await space.list({ limit: 1, withTotal: true });
    expect(total).toBe(this.#memories.size);
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
      expect(raw.prepare('SELECT csn, change_seq FROM engine_meta').raw().get()).toEqual([
        this.#csn,
        this.#seq,
      ]);
    } finally {
      raw.close();
    }
  }
}
