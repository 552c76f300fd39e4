import { existsSync, realpathSync } from 'node:fs';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import {
  type HeldTrinitasV4,
  holdTrinitasV4,
  isOwnFile,
  ValidationError,
} from '../../engine/index.ts';
import {
  assertNoCompanions,
  discard,
  giveName,
  keepAside,
  keptPathOf,
  replaceFile,
} from '../take-place.ts';
import { type BuildCounts, type BuildEvents, buildDatabase, clearPlace } from './build-database.ts';

/** What is done, in this order; `kept` only in place. */
export type MigrationStep = 'built' | 'kept' | 'replaced';

export interface MigrationRequest {
  readonly file: string;
  /** A new file; null = in place. */
  readonly to: string | null;
  readonly namespace: string;
  readonly dryRun: boolean;
  /** Go on when rows cannot be held exactly; they stay in the v4 file alone. */
  readonly skipFailed: boolean;
  readonly config: Config;
}

export interface MigrationEvents extends BuildEvents {
  readonly onStep: (step: MigrationStep) => void;
}

export interface MigrationReport extends BuildCounts {
  readonly source: string;
  readonly target: string;
  /** Where the v4 file is kept after a migration in place; null when it stays where it is. */
  readonly kept: string | null;
  readonly dryRun: boolean;
  /** The file was a database of ours before; nothing was done. */
  readonly already: boolean;
  /** The target is a database of ours now; false after a dry run, failures or an interruption. */
  readonly migrated: boolean;
}

/**
 * Brings a v4 file over, in place or to a new file. The database is built beside its place, read again and compared, and then takes
 * the place by one rename, so that whenever the process ends there is either the v4 file or the whole database, and another run
 * is safe. Errors: ValidationError for a file that is no v4 file or a target that exists, and those of the engine.
 */
export async function migrateFromV4(
  given: MigrationRequest,
  events: MigrationEvents,
): Promise<MigrationReport> {
  // The file takes the place, not a symbolic link to it.
  const request = {
    ...given,
    file: existsSync(given.file) ? realpathSync(given.file) : given.file,
  };
  const { file, to } = request;
  const target = to ?? file;
  if (to !== null && existsSync(to)) {
    throw new ValidationError(`${to} exists already`, {
      remedy:
        'Choose another name; `trinitas import --format trinitas-v4` adds to an existing database.',
    });
  }
  const inPlace = to === null;
  if (inPlace && isOwnFile(file)) {
    // An earlier run may have been killed after its last step.
    await discard(buildingPathOf(file));
    return { ...NOTHING, ...namesOf(request, null), already: true, migrated: false };
  }
  assertNoCompanions(target);
  const source = holdTrinitasV4(file);
  try {
    const report = { ...namesOf(request, inPlace ? keptPathOf(file) : null), already: false };
    if (request.dryRun) return { ...report, ...(await rehearse(request, source, events)) };
    return { ...report, ...(await carryOut(request, source, events, report.kept)) };
  } finally {
    source.close();
  }
}

const PERMISSION_BITS = 0o777;

const NOTHING: BuildCounts = { read: 0, imported: 0, failed: 0, verified: 0 };

type Outcome = BuildCounts & Pick<MigrationReport, 'migrated'>;

const buildingPathOf = (target: string): string => `${target}.migrating`;

function namesOf({ file, to, dryRun }: MigrationRequest, kept: string | null) {
  return { source: file, target: to ?? file, kept, dryRun };
}

/** The whole work on a database that is thrown away: only so does every row meet every rule. */
async function rehearse(
  { config, namespace }: MigrationRequest,
  source: HeldTrinitasV4,
  events: BuildEvents,
): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'trinitas-dry-run-'));
  const memory = { ...config.memory, embedder: { provider: 'none' as const } };
  try {
    const path = join(folder, 'rehearsal.db');
    const counts = await buildDatabase(path, source, { ...config, memory }, namespace, events);
    return { ...counts, migrated: false };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function carryOut(
  { file, to, config, namespace, skipFailed }: MigrationRequest,
  source: HeldTrinitasV4,
  events: MigrationEvents,
  kept: string | null,
): Promise<Outcome> {
  const target = to ?? file;
  const building = buildingPathOf(target);
  await clearPlace(building, config, namespace);
  try {
    const counts = await buildDatabase(building, source, config, namespace, events);
    if (events.signal.aborted || (counts.failed > 0 && !skipFailed))
      return { ...counts, migrated: false };
    // The log was folded in when the engine closed; a database without it would not be whole.
    assertNoCompanions(building);
    assertNoCompanions(target);
    // Whoever may not read the v4 file may not read its successor either.
    await chmod(building, (await stat(file)).mode & PERMISSION_BITS);
    events.onStep('built');
    if (kept === null) {
      await giveName(building, target);
    } else {
      await keepAside(file, kept);
      events.onStep('kept');
      await replaceFile(building, target);
    }
    events.onStep('replaced');
    return { ...counts, migrated: true };
  } finally {
    await discard(building);
  }
}
