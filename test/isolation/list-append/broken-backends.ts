import type {
  Backend,
  BackendInfo,
  CommitListener,
  ReadOptions,
  Retention,
  ServedIsolation,
  Touch,
  TransactionRead,
  TransactionView,
} from '../../../src/engine/backends/backend.ts';
import type {
  BackendStatistics,
  HealthCheck,
} from '../../../src/engine/backends/backend-statistics.ts';
import type { EmbeddedText } from '../../../src/engine/backends/embedded-text.ts';
import type { ReadKind, ReadMap } from '../../../src/engine/backends/read-map.ts';
import type { WriteUnit } from '../../../src/engine/model/unit-of-work.ts';
import type { Validation } from '../../../src/engine/model/validation.ts';
import { operationTargets } from '../../../src/engine/operation-targets.ts';
import { uuidV7 } from '../../../src/engine/uuid-v7.ts';

type Views = (namespace: string, isolation: ServedIsolation) => Promise<TransactionView>;

/** What a broken engine does in another way than the sound one. */
interface Breakage {
  readonly write?: (unit: WriteUnit, sound: Backend) => ReturnType<Backend['write']>;
  readonly view?: (view: TransactionView, sound: Backend) => TransactionView;
}

/** Engines with one fault each, which a checker worth its name must notice. */
export const BROKEN_ENGINES: Readonly<Record<string, Breakage>> = {
  'nothing is validated at commit': {
    write: (unit, sound) => sound.write({ ...unit, validation: undefined }, 0),
  },
  'reads come from the newest commit instead of the snapshot': {
    view: (view, sound) =>
      changed(view, {
        read: (read, deadline) =>
          view.operations.length === 0 && read.kind === 'getMany'
            ? sound.read(read.kind, read.args, { deadline })
            : view.read(read, deadline),
      }),
  },
  'the read set forgets what was read by key': {
    view: (view) => changed(view, { validation: (deadline) => onlyWritten(view, deadline) }),
  },
  'the read set forgets queries': {
    view: (view) =>
      changed(view, {
        validation: async (deadline) => {
          const validation = await view.validation(deadline);
          return validation && { ...validation, predicates: [] };
        },
      }),
  },
  'a commit is made in two halves': {
    write: async (unit, sound) => {
      const middle = Math.ceil(unit.operations.length / 2);
      const first = await sound.write({ ...unit, operations: unit.operations.slice(0, middle) }, 0);
      const rest = unit.operations.slice(middle);
      if (rest.length === 0) return first;
      const second = { ...unit, txid: uuidV7(unit.now), operations: rest, validation: undefined };
      return sound.write(second, 0);
    },
  },
};

/** Validates what the transaction wrote, and queries, but no read by key. */
async function onlyWritten(
  view: TransactionView,
  deadline: number,
): Promise<Validation | undefined> {
  const validation = await view.validation(deadline);
  if (validation === undefined) return undefined;
  const written = new Set(
    view.operations
      .flatMap(operationTargets)
      .flatMap((target) => ('key' in target ? [target.key] : [])),
  );
  const versions = validation.versions.filter(
    ({ target }) => 'key' in target && written.has(target.key),
  );
  return { ...validation, versions };
}

/** The same view with some calls replaced. */
function changed(
  view: TransactionView,
  calls: Partial<Pick<TransactionView, 'read' | 'validation'>>,
): TransactionView {
  return {
    get snapshotCsn() {
      return view.snapshotCsn;
    },
    get bytes() {
      return view.bytes;
    },
    get operations() {
      return view.operations;
    },
    write: (operations, now, deadline) => view.write(operations, now, deadline),
    read: calls.read ?? ((read: TransactionRead, deadline) => view.read(read, deadline)),
    truncate: (length) => view.truncate(length),
    validation: calls.validation ?? ((deadline) => view.validation(deadline)),
    end: () => view.end(),
  };
}

/** A sound backend with a breakage in front of it. */
export class BrokenBackend implements Backend {
  readonly participants = null;
  readonly #sound: Backend;
  readonly #breakage: Breakage;

  constructor(sound: Backend, breakage: Breakage) {
    this.#sound = sound;
    this.#breakage = breakage;
  }

  get info(): BackendInfo {
    return this.#sound.info;
  }
  write(unit: WriteUnit, bytes: number): ReturnType<Backend['write']> {
    return this.#breakage.write?.(unit, this.#sound) ?? this.#sound.write(unit, bytes);
  }
  async openTransaction(...args: Parameters<Views>): Promise<TransactionView> {
    const view = await this.#sound.openTransaction(...args);
    return this.#breakage.view?.(view, this.#sound) ?? view;
  }
  read<K extends ReadKind>(
    kind: K,
    args: ReadMap[K]['args'],
    options?: ReadOptions,
  ): Promise<ReadMap[K]['result']> {
    return this.#sound.read(kind, args, options);
  }
  rebuildText(afterId: number, limit: number): ReturnType<Backend['rebuildText']> {
    return this.#sound.rebuildText(afterId, limit);
  }
  reserveIds(count: number): Promise<number> {
    return this.#sound.reserveIds(count);
  }
  touch(namespace: string, touches: readonly Touch[]): Promise<void> {
    return this.#sound.touch(namespace, touches);
  }
  sweepExpired(now: number, limit: number): Promise<number> {
    return this.#sound.sweepExpired(now, limit);
  }
  prune(retention: Retention): Promise<number> {
    return this.#sound.prune(retention);
  }
  optimize(): Promise<readonly string[]> {
    return this.#sound.optimize();
  }
  resize(readers: number): Promise<number> {
    return this.#sound.resize(readers);
  }
  probe(): Promise<readonly HealthCheck[]> {
    return this.#sound.probe();
  }
  health(): readonly HealthCheck[] {
    return this.#sound.health();
  }
  statistics(): Promise<BackendStatistics> {
    return this.#sound.statistics();
  }
  onCommit(listener: CommitListener): () => void {
    return this.#sound.onCommit(listener);
  }
  saveEmbeddings(answers: readonly EmbeddedText[]): Promise<number> {
    return this.#sound.saveEmbeddings(answers);
  }
  get integrity(): Backend['integrity'] {
    return this.#sound.integrity;
  }
  healVectors(memoryIds: readonly number[]): Promise<number> {
    return this.#sound.healVectors(memoryIds);
  }
  completeEmbedder(): Promise<void> {
    return this.#sound.completeEmbedder();
  }
  close(): Promise<void> {
    return this.#sound.close();
  }
}
