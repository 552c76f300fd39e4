import type { MemorySystemError } from '../errors.ts';
import type { DiskGuard } from './disk-guard.ts';
import { fileIdentity, fileMoved } from './file-identity.ts';
import { quarantineError } from './quarantine.ts';

/** Whether the file may be written now: it is sound, it is where it was opened, and its disk has room. */
export class WriteGate {
  readonly #path: string;
  readonly #identity: string | null;
  readonly #disk: DiskGuard | null;
  /** Why nothing is written any more; null when all is well. */
  #quarantine: string | null;

  constructor(path: string, disk: DiskGuard | null, quarantine: string | null) {
    this.#path = path;
    this.#identity = fileIdentity(path);
    this.#disk = disk;
    this.#quarantine = quarantine;
  }

  get isSound(): boolean {
    return this.#quarantine === null;
  }

  /** Another file has its path now, or none. */
  get isMoved(): boolean {
    return fileIdentity(this.#path) !== this.#identity;
  }

  /** For good; the first reason stays. */
  quarantine(reason: string): void {
    this.#quarantine ??= reason;
  }

  /** What a write of a caller is refused with; null when it may go on. */
  refusal(): MemorySystemError | null {
    if (this.#quarantine !== null) return quarantineError(this.#quarantine);
    if (this.isMoved) return fileMoved(this.#path);
    return this.#disk?.refusal() ?? null;
  }

  requireSound(): void {
    if (this.#quarantine !== null) throw quarantineError(this.#quarantine);
  }

  /** For what the store writes on its own account. */
  requireSoundAndRoom(): void {
    this.requireSound();
    this.#disk?.requireRoom();
  }

  requirePlaceAndRoom(): void {
    if (this.isMoved) throw fileMoved(this.#path);
    this.#disk?.requireRoom();
  }
}
