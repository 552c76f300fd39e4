import { LRUCache } from 'lru-cache';
import type { ReadMap } from './backends/read-map.ts';
import type { ChangePage } from './change-operations.ts';
import type { ChangeRecord } from './model/change.ts';
import type { Filter } from './search/filter.ts';
import { evaluateFilter } from './search/filter-evaluate.ts';

type ChangesRead = ReadMap['changes']['result'];
type Place = Omit<ReadMap['changes']['args'], 'filter'>;

/** Stretches kept for watchers that come a little later, because they were still delivering the one before. */
const MAX_STRETCHES = 32;
const MAX_CHARACTERS = 8_388_608;

/** A part of the log, read once without a filter, and what each filter leaves of it. */
export interface Stretch {
  readonly read: ChangesRead;
  /** By the text of the filter. */
  readonly pages: Map<string, ChangePage>;
}

/**
 * The newest parts of the change log, read once for all watchers that stand at the same place, whatever their filters. A stretch may
 * end before the newest commit, never in the middle of what was asked for, so it is always a right answer; who gets one asks again
 * from its end while commits lie behind it.
 */
export class SharedChangePages {
  readonly #read: (place: Place) => Promise<ChangesRead>;
  readonly #underWay = new Map<string, Promise<Stretch>>();
  readonly #kept = new LRUCache<string, Stretch>({
    max: MAX_STRETCHES,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ read }) =>
      read.changes.reduce((sum, { record }) => sum + sizeOf(record), 1),
  });

  constructor(read: (place: Place) => Promise<ChangesRead>) {
    this.#read = read;
  }

  /** What follows the place. Every change of a stretch stays in the log as it is, so an older one is as good as a new one. */
  async stretch(place: Place): Promise<Stretch> {
    const key = `${place.afterSeq}\0${place.limit}\0${place.namespace}`;
    const known = this.#kept.get(key) ?? this.#underWay.get(key);
    if (known !== undefined) return await known;
    const reading = this.#begin(key, place).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, reading);
    return await reading;
  }

  async #begin(key: string, place: Place): Promise<Stretch> {
    const stretch: Stretch = { read: await this.#read(place), pages: new Map() };
    // With nothing in it, it would hide what comes next.
    if (stretch.read.scannedSeq > place.afterSeq) this.#kept.set(key, stretch);
    return stretch;
  }
}

/** What a filter leaves of a stretch; made once for all who ask with the same text of it. */
export function pageOf(
  { read, pages }: Stretch,
  filter: Filter | null,
  filterText: string,
  toPage: (changes: readonly ChangeRecord[]) => ChangePage,
): ChangePage {
  const known = pages.get(filterText);
  if (known !== undefined) return known;
  const { changes } = read;
  const page = toPage(
    filter === null ? changes : changes.filter(({ record }) => evaluateFilter(filter, record)),
  );
  pages.set(filterText, page);
  return page;
}

function sizeOf({ valueText, metadataText }: ChangeRecord['record']): number {
  return valueText.length + metadataText.length;
}
