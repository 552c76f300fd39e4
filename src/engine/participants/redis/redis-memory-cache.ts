import { randomUUID } from 'node:crypto';
import { ParticipantUnavailableError } from '../../errors.ts';
import type { CacheLookup, MemoryCache, MemoryName, StagedFence } from '../memory-cache.ts';
import type { ParticipantStatistics } from '../participant.ts';
import { inParts } from './in-parts.ts';
import { type KeySpace, nameOf } from './key-space.ts';
import type { RedisCommitBus } from './redis-commit-bus.ts';
import type { RedisConnection } from './redis-connection.ts';
import { FENCE_MS, RedisFences } from './redis-fences.ts';
import { Revocations } from './revocations.ts';
import { scanKeys } from './scan-keys.ts';
import type { FoundInCache } from './scripts.ts';
import { WriteGuard } from './write-guard.ts';

/** Ms in which whoever missed may fill: far more than a read takes. Others read the database meanwhile. */
const LEASE_MS = 3_000;
/** Guarded memories at most, some tens of MB; beyond, a `prepare` is refused before it guards anything. */
const MAX_GUARDED = 200_000;

const VERSION_LINE = /^redis_version:(\S+)/m;

const BUSY: CacheLookup = { kind: 'BUSY' };

/**
 * The cache of engine.md section 3 on one Redis. Nothing that Redis loses or brings back makes it answer an old value: writes are
 * guarded in this process too, a lease ends here when its memory is about to be written, and data of a server that restarted or was
 * replaced lies under another name.
 */
export class RedisMemoryCache implements MemoryCache {
  readonly name = 'redis';
  readonly fenceMs = FENCE_MS;
  readonly #connection: RedisConnection;
  readonly #bus: RedisCommitBus;
  readonly #keys: KeySpace;
  readonly #fences: RedisFences;
  readonly #guard = new WriteGuard();
  readonly #revocations = new Revocations();
  #epoch: number | null = null;
  #hits = 0;
  #misses = 0;
  #bypassed = 0;
  #fills = 0;

  /** Closes `bus` with itself. */
  constructor(connection: RedisConnection, bus: RedisCommitBus, keys: KeySpace) {
    this.#connection = connection;
    this.#bus = bus;
    this.#keys = keys;
    this.#fences = new RedisFences(connection, keys);
  }

  get available(): boolean {
    return this.#connection.available;
  }

  /** Memories that are read from the database because a write of theirs is under way. */
  get guarded(): number {
    return this.#guard.size;
  }

  statistics(): ParticipantStatistics {
    return this.#connection.statistics();
  }

  async probe(): Promise<void> {
    await Promise.all([this.#connection.probe(), this.#bus.probe()]);
  }

  onAvailable(listener: () => void): () => void {
    return this.#connection.onAvailable(listener);
  }

  async close(): Promise<void> {
    await Promise.all([this.#connection.close(), this.#bus.close()]);
  }

  useEpoch(cacheEpoch: number): void {
    if (this.#epoch !== null && cacheEpoch <= this.#epoch) return;
    this.#epoch = cacheEpoch;
    this.#revocations.revokeAll();
    this.#guard.epochMoved();
  }

  async prepare(txid: string, names: readonly MemoryName[]): Promise<void> {
    if (names.length === 0) return;
    if (this.#guard.size + names.length > MAX_GUARDED)
      throw new ParticipantUnavailableError(
        `Redis: more than ${MAX_GUARDED} memories have a write under way`,
        { data: { participant: 'redis' } },
      );
    // From here until the first await nothing else runs: no lookup slips between the guard and the question to Redis.
    const guarded = names.map(nameOf);
    this.#guard.begin(txid, guarded, this.#epoch);
    this.#revocations.revoke(guarded);
    await this.#fences.set(this.#prefix, txid, names);
    this.#guard.fenced(txid);
  }

  async promote(txid: string, names: readonly MemoryName[]): Promise<void> {
    this.#guard.committed(txid, this.#epoch);
    await this.#fences.takeAway('trinitasPromote', this.#prefix, txid, names);
    this.#guard.release(txid);
  }

  async abort(txid: string, names: readonly MemoryName[]): Promise<void> {
    // The database still says what it said: a fence that stays for a while costs misses, nothing else.
    this.#guard.release(txid);
    await this.#fences.takeAway('trinitasAbort', this.#prefix, txid, names);
  }

  staged(): Promise<readonly StagedFence[]> {
    return this.#fences.staged();
  }

  async lookUp(namespace: string, keys: readonly string[]): Promise<readonly CacheLookup[]> {
    const prefix = this.#prefix;
    const answers = keys.map(() => BUSY);
    const asked = keys
      .map((key, index) => ({ namespace, key, index }))
      .filter((name) => prefix !== null && this.available && !this.#guard.covers(nameOf(name)));
    if (prefix !== null && asked.length > 0) {
      const moment = this.#revocations.now;
      const lease = `${moment}:${randomUUID()}`;
      await inParts(asked, async (part) => {
        const found = await this.#ask(prefix, part, lease);
        for (const [at, name] of part.entries())
          answers[name.index] = this.#interpret(found[at] ?? [2], name, moment, lease);
      });
    }
    for (const { kind } of answers) {
      if (kind === 'HIT') this.#hits += 1;
      else if (kind === 'MISS') this.#misses += 1;
      else this.#bypassed += 1;
    }
    return answers;
  }

  async fill(
    name: MemoryName,
    lease: string,
    { csn, text, ttlMs }: { readonly csn: number; readonly text: string; readonly ttlMs: number },
  ): Promise<boolean> {
    const prefix = this.#prefix;
    if (prefix === null || !this.#mayKeep(name, Number.parseInt(lease, 10)) || ttlMs < 1)
      return false;
    const keys = this.#keys.triples(prefix, [name]);
    const kept = await this.#connection.tryCall((client) =>
      client.trinitasFill(keys.length, ...keys, lease, csn, text, Math.floor(ttlMs)),
    );
    if (kept !== 1) return false;
    this.#fills += 1;
    return true;
  }

  async getAnswer(name: string): Promise<string | null> {
    const prefix = this.#prefix;
    if (prefix === null) return null;
    return this.#connection.tryCall((client) => client.get(this.#keys.answer(prefix, name)));
  }

  async putAnswer(name: string, text: string, ttlMs: number): Promise<void> {
    const prefix = this.#prefix;
    if (prefix === null || ttlMs < 1) return;
    await this.#connection.tryCall((client) =>
      client.set(this.#keys.answer(prefix, name), text, 'PX', Math.floor(ttlMs)),
    );
  }

  async clear(signal: AbortSignal, onProgress: (deleted: number) => void): Promise<number> {
    let deleted = 0;
    for await (const keys of scanKeys(this.#connection, this.#keys.pattern(this.#keys.root))) {
      signal.throwIfAborted();
      deleted += await this.#connection.call((client) => client.unlink(...keys));
      onProgress(deleted);
    }
    return deleted;
  }

  async version(): Promise<string> {
    const text = await this.#connection.call((client) => client.info('server'));
    return VERSION_LINE.exec(text)?.[1] ?? 'unknown';
  }

  async countKeys(): Promise<number> {
    let count = 0;
    for await (const keys of scanKeys(this.#connection, this.#keys.pattern(this.#keys.root)))
      count += keys.length;
    return count;
  }

  cacheStatistics(): ReturnType<MemoryCache['cacheStatistics']> {
    return {
      hits: this.#hits,
      misses: this.#misses,
      bypassed: this.#bypassed,
      fills: this.#fills,
    };
  }

  /** Null while nothing may be kept or believed. */
  get #prefix(): string | null {
    const { history } = this.#connection;
    return history === null || this.#epoch === null
      ? null
      : this.#keys.prefix(this.#epoch, history);
  }

  /** Whether what the database said at `moment` is still what it says. */
  #mayKeep(name: MemoryName, moment: number): boolean {
    const memory = nameOf(name);
    return !this.#guard.covers(memory) && this.#revocations.holds(memory, moment);
  }

  async #ask(
    prefix: string,
    names: readonly MemoryName[],
    lease: string,
  ): Promise<readonly FoundInCache[]> {
    const keys = this.#keys.triples(prefix, names);
    const found = await this.#connection.tryCall((client) =>
      client.trinitasGet(keys.length, ...keys, lease, LEASE_MS),
    );
    return found ?? [];
  }

  #interpret(found: FoundInCache, name: MemoryName, moment: number, lease: string): CacheLookup {
    if (found[0] === 2 || !this.#mayKeep(name, moment)) return BUSY;
    return found[0] === 0
      ? { kind: 'HIT', csn: Number(found[1]), text: found[2] }
      : { kind: 'MISS', lease };
  }
}
