import { dirname } from 'node:path';
import { StorageFullError } from '../errors.ts';
import { sizeOf } from '../file-size.ts';
import { diskSpace, keptFree } from '../metrics/disk-space.ts';
import { BALLAST_STEP, Ballast } from './ballast.ts';

/** What the writer keeps free on the disk of the database. */
export interface DiskLimits {
  /** Bytes of the reserve at most; 0 = none. It is as long as the WAL, in steps of 1 MB. */
  readonly ballastBytes: number;
  /** Free bytes below which writes are refused; null = as `keptFree` says. */
  readonly minFreeBytes: number | null;
}

/** Writes that were refused go on only when so many times the floor is free, so that the state does not flutter. */
const HEALED_AT_FLOORS = 2;
/** While the disk is full, the WAL is tried to be folded no more often than this. */
const FOLD_EVERY_MS = 1_000;

/**
 * Watches the disk for the one writer. Below the floor, or once SQLite has met a full disk, writes are refused and the
 * WAL is folded into the file, for which the reserve is given up if need be; when space has come back, the reserve is laid
 * out again and writes go on. Reads need nothing of it.
 */
export class DiskGuard {
  readonly #database: string;
  readonly #folder: string;
  readonly #limits: DiskLimits;
  readonly #fold: () => boolean;
  readonly #ballast: Ballast;
  readonly #floor: number;
  #full: boolean;
  #foldAgainAt = 0;

  /** `fold` cuts the WAL down; it never throws, and answers false when it could not. */
  constructor(database: string, limits: DiskLimits, fold: () => boolean) {
    this.#database = database;
    this.#folder = dirname(database);
    this.#limits = limits;
    this.#fold = fold;
    this.#ballast = new Ballast(database);
    const { freeBytes, totalBytes } = diskSpace(this.#folder);
    this.#floor = keptFree(limits.minFreeBytes, totalBytes);
    // Opening the database writes too: on a full disk the reserve is what it starts with.
    this.#full = freeBytes < this.#floor;
    if (this.#full || limits.ballastBytes === 0) this.#ballast.release();
  }

  /** Null when the options set no limits. */
  static of(
    { path, disk }: { readonly path: string; readonly disk?: DiskLimits | undefined },
    fold: () => boolean,
  ): DiskGuard | null {
    return disk === undefined ? null : new DiskGuard(path, disk, fold);
  }

  /** Throws the refusal. */
  requireRoom(): void {
    const refusal = this.refusal();
    if (refusal !== null) throw refusal;
  }

  /** Why nothing may be written now; null when the disk has room. Heals when it has room again. */
  refusal(): StorageFullError | null {
    const now = Date.now();
    if (this.#hasRoom()) return null;
    if (!this.#full || now >= this.#foldAgainAt) {
      this.#full = true;
      this.#foldAgainAt = now + FOLD_EVERY_MS;
      this.#makeRoom();
      if (this.#hasRoom()) return null;
    }
    return this.#refusal();
  }

  /** SQLite has met the full disk itself; nothing of that group was stored. */
  metFullDisk(): void {
    this.#full = true;
    this.#makeRoom();
  }

  /** Keeps the reserve as long as the WAL, as far as there is room; call it between groups. Throws what the disk throws. */
  follow(): void {
    if (this.#full) return;
    const wanted = this.#wantedBallast();
    const missing = wanted - this.#ballast.bytes;
    if (missing > 0 && diskSpace(this.#folder).freeBytes >= this.#floor + missing)
      this.#ballast.grow(wanted);
  }

  /** The file is closed in order and its WAL folded: a small reserve is enough to open it again. */
  close(): void {
    this.#ballast.shrink(Math.min(BALLAST_STEP, this.#limits.ballastBytes));
  }

  #hasRoom(): boolean {
    const { freeBytes } = diskSpace(this.#folder);
    if (!this.#full) return freeBytes >= this.#floor + Math.max(0, this.#lacking());
    const wanted = this.#wantedBallast();
    const missing = Math.max(0, wanted - this.#ballast.bytes);
    if (freeBytes < HEALED_AT_FLOORS * this.#floor + missing) return false;
    try {
      this.#ballast.grow(wanted);
    } catch {
      // Somebody else has taken the space meanwhile, which is what `false` says.
      return false;
    }
    this.#full = false;
    return true;
  }

  /** First with the reserve in place, since folding pages that the file has already needs no room. */
  #makeRoom(): void {
    if (this.#fold()) return;
    this.#ballast.release();
    this.#fold();
  }

  /** Bytes of WAL that no reserve stands for. */
  #lacking(): number {
    const { ballastBytes } = this.#limits;
    return Math.min(ballastBytes, this.#walBytes()) - this.#ballast.bytes;
  }

  #wantedBallast(): number {
    const steps = Math.max(1, Math.ceil(this.#walBytes() / BALLAST_STEP));
    return Math.min(this.#limits.ballastBytes, steps * BALLAST_STEP);
  }

  #walBytes(): number {
    return sizeOf(`${this.#database}-wal`);
  }

  #refusal(): StorageFullError {
    const { freeBytes } = diskSpace(this.#folder);
    return new StorageFullError(
      `the disk of the database is full: ${freeBytes} bytes are free, ${this.#floor} are kept free; nothing was stored`,
      {
        data: { freeBytes, minFreeBytes: this.#floor },
        remedy: 'Free space on the disk of the database; writes then go on by themselves.',
      },
    );
  }
}
