import type { EmbedderInfo } from '../backends/embedder-info.ts';
import type { Finding } from '../integrity-report.ts';

/** What opening a file for writing found out about it. */
export interface WriteSessionInfo {
  readonly epoch: string;
  readonly schemaVersion: number;
  readonly sqliteVersion: string;
  readonly journalMode: string;
  readonly csn: number;
  readonly headSeq: number;
  /** False when the last writer was killed. */
  readonly cleanShutdown: boolean;
  /** Whether opening looked at the whole file, and what it found; see start-check.ts. */
  readonly checkedWhole: boolean;
  readonly damage: readonly Finding[];
  /** Set when the file lost commits that were acknowledged, or when its structure is damaged: reads go on, writes are refused. */
  readonly quarantine: string | null;
  /** Models whose vectors the file holds, and the one of new vectors. */
  readonly embedders: readonly EmbedderInfo[];
  readonly embedderId: number | null;
  readonly storeId: string;
  readonly incarnation: number;
  readonly cacheEpoch: number;
}
