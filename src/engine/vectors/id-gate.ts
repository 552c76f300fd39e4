/** Which ids may pass a filter: all that do, and maybe others. */
export interface IdGate {
  mayPass(id: number): boolean;
  /** Writes 1 or 0 for each slot of a block of IDS_PER_BLOCK ids. */
  mark(block: number, passing: Uint8Array): void;
}
