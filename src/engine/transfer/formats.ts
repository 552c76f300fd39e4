import { countJsonl, readJsonl } from './jsonl.ts';
import { countLocomo, readLocomo } from './locomo.ts';
import type { TransferSource } from './transfer-row.ts';
import { countTrinitasV4, readTrinitasV4 } from './trinitas-v4.ts';

/** One file format that memories can be read from. Both calls throw ValidationError for a file of another format. */
export interface TransferFormat {
  /** One row after another; holds a page of the file at a time (locomo: the file). */
  read(path: string): TransferSource;
  /** Rows that `read` will give, for a progress bar. */
  count(path: string): Promise<number>;
}

export const TRANSFER_FORMAT_NAMES = ['trinitas-v4', 'locomo', 'jsonl'] as const;
export type TransferFormatName = (typeof TRANSFER_FORMAT_NAMES)[number];

/** Every format that can be imported, by the name a user gives. */
export const TRANSFER_FORMATS: Readonly<Record<TransferFormatName, TransferFormat>> = {
  'trinitas-v4': { read: readTrinitasV4, count: countTrinitasV4 },
  locomo: { read: readLocomo, count: countLocomo },
  jsonl: { read: readJsonl, count: countJsonl },
};
