import { MemoryDataCorruptionError } from '../errors.ts';
import type { DamageArea, Finding, StoreIntegrity } from '../integrity-report.ts';
import type { HealthCheck } from './backend-statistics.ts';
import type { ReadKind, ReadMap } from './read-map.ts';

/** What an answer is built from beside rows with checksums: damage there could drop something from it without an error. */
const NEEDS: Readonly<Record<ReadKind, readonly DamageArea[]>> = {
  getMany: [],
  list: ['rows', 'indexes', 'tags'],
  recall: ['rows', 'indexes', 'text', 'vectors', 'tags', 'turns', 'links'],
  changes: ['log'],
  getManyAsOf: ['log', 'indexes'],
  listAsOf: ['log', 'rows', 'indexes', 'tags'],
  history: ['log', 'indexes'],
  versions: ['log', 'indexes'],
  links: ['links', 'indexes'],
  similar: ['rows', 'indexes', 'vectors', 'links'],
  duplicates: ['rows', 'indexes', 'text', 'vectors', 'links'],
  personas: ['indexes'],
  stale: ['rows', 'indexes'],
  // Figures beside the state of the store, and texts that are looked at one by one.
  embeddingStates: [],
  unembedded: [],
  embeddingSummary: [],
  // The outbox and the sweep behind it repeat what they miss.
  liveRecords: [],
  outbox: [],
  outboxCounts: [],
  publishedCount: [],
  summary: [],
  storeIdentity: [],
  isOwned: [],
  touchedSince: [],
};

type ReadArgs = ReadMap[ReadKind]['args'];

/**
 * Knows what of the store is damaged, and refuses the reads that could be wrong for it. What is sound is served: a damaged row only
 * matters where rows of its namespace are looked through, and to whoever asks for it.
 */
export class DamageGate implements StoreIntegrity {
  readonly cleanShutdown: boolean;
  readonly checkedWhole: boolean;
  readonly #onStructure: (reason: string) => Promise<void>;
  #findings: readonly Finding[] = [];
  #at: number;

  /** `onStructure` makes the store read-only: nobody can tell what else is missing. */
  constructor(
    { cleanShutdown, checkedWhole, damage }: StartCheckInfo,
    onStructure: (reason: string) => Promise<void>,
  ) {
    this.cleanShutdown = cleanShutdown;
    this.checkedWhole = checkedWhole;
    this.#onStructure = onStructure;
    this.#at = Date.now();
    this.#findings = damage;
  }

  get findings(): readonly Finding[] {
    return this.#findings;
  }

  async report(findings: readonly Finding[]): Promise<void> {
    this.#findings = findings;
    this.#at = Date.now();
    const structure = findings.find(({ scope }) => scope === 'structure');
    if (structure !== undefined) await this.#onStructure(structure.problem);
  }

  /** Before a read: throws MemoryDataCorruptionError when its answer could be wrong. */
  guard(kind: ReadKind, args: ReadArgs): void {
    if (this.#findings.length === 0) return;
    const namespace = args !== null && 'namespace' in args ? args.namespace : null;
    const damage = this.#findings.find(
      (finding) => isNeeded(kind, finding.area) && concerns(finding, namespace),
    );
    if (damage !== undefined) throw refusal(damage, namespace);
  }

  /** After a read: that nothing was found proves nothing when an index or a page of rows is damaged. */
  guardAnswer(kind: ReadKind, args: ReadArgs, result: unknown): void {
    if (this.#findings.length === 0 || kind !== 'getMany') return;
    if (!(result as readonly unknown[]).includes(null)) return;
    const damage = this.#findings.find(
      ({ area, scope }) =>
        area === 'indexes' || area === 'unknown' || (area === 'rows' && scope === 'structure'),
    );
    const { namespace } = args as ReadMap['getMany']['args'];
    if (damage !== undefined) throw refusal(damage, namespace);
  }

  /** One check while anything is wrong. */
  checks(): readonly HealthCheck[] {
    const wrong = this.#findings.filter(({ scope }) => scope !== 'derived');
    const [first] = wrong;
    if (first === undefined) return [];
    const more = wrong.length === 1 ? '' : ` and ${wrong.length - 1} more`;
    const state = wrong.some(({ scope }) => scope === 'structure') ? 'QUARANTINE' : 'DEGRADED';
    const message = `${first.problem}${more}. ${first.remedy}`;
    return [{ name: 'integrity', state, latencyMs: null, message, at: this.#at }];
  }
}

/** Damage that cannot be placed concerns every read that depends on anything. */
function isNeeded(kind: ReadKind, area: DamageArea): boolean {
  return area === 'unknown' ? NEEDS[kind].length > 0 : NEEDS[kind].includes(area);
}

/** What opening a file found out about it. */
export interface StartCheckInfo {
  readonly cleanShutdown: boolean;
  readonly checkedWhole: boolean;
  readonly damage: readonly Finding[];
}

/** Derived things heal by themselves. A finding without a namespace may be about any. */
function concerns({ area, scope, namespace }: Finding, asked: string | null): boolean {
  if (scope === 'derived') return false;
  if (scope === 'structure' || namespace === null || asked === null) return true;
  // How rare a word is, and so every score, is counted over the memories of all namespaces.
  return area === 'text' || namespace === asked;
}

/** A key of another tenant is not told. */
function refusal(
  { problem, remedy, table, id, key, namespace }: Finding,
  asked: string | null,
): MemoryDataCorruptionError {
  const own = namespace !== null && namespace === asked;
  return new MemoryDataCorruptionError(
    own ? problem : `the table ${table} is damaged, so that the answer could be wrong`,
    { data: own ? { memoryId: id, key, namespace } : { table }, remedy },
  );
}
