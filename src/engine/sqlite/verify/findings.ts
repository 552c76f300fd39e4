import { type DamageArea, type Finding, MAX_FINDINGS } from '../../integrity-report.ts';

export const REPAIR_REMEDY =
  'Stop the server and run `trinitas repair --db FILE`, with --backup to fill what is lost.';
export const RESTORE_REMEDY = 'Restore a backup.';
/** Vectors heal while everything is served. */
export const REINDEX_REMEDY = 'Make the vectors anew: `trinitas reindex --target vectors`.';

type Details = Pick<Finding, 'area' | 'table' | 'problem'> & Partial<Finding>;

/** What a check has found so far, bounded. */
export class Findings {
  readonly list: Finding[] = [];
  omitted = 0;
  readonly #problems = new Set<string>();

  /** About one row and nothing else. */
  entry(details: Details): void {
    this.#add('entry', REPAIR_REMEDY, details);
  }

  /** About what cannot be told row by row. */
  structure(details: Details): void {
    this.#add('structure', REPAIR_REMEDY, details);
  }

  derived(details: Details): void {
    this.#add('derived', REINDEX_REMEDY, details);
  }

  has(area: DamageArea): boolean {
    return this.list.some((finding) => finding.area === area);
  }

  #add(scope: Finding['scope'], remedy: string, details: Details): void {
    // A page that cannot be read stops several checks.
    if (this.#problems.has(details.problem)) return;
    this.#problems.add(details.problem);
    if (this.list.length === MAX_FINDINGS) {
      this.omitted += 1;
      return;
    }
    this.list.push({ scope, namespace: null, key: null, id: null, remedy, ...details });
  }
}
