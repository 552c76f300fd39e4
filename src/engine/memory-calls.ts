import type { AgentContext, ContextOptions } from './context-operations.ts';
import type {
  AsOfOptions,
  DiffInput,
  HistoryInput,
  HistoryPage,
  RestoreInput,
  VersionDiff,
} from './history-operations.ts';
import type { LinkInput, LinkResult, RelatedInput, RelatedMemory } from './link-operations.ts';
import type { ListInput, MemoryPage, Where } from './list-operations.ts';
import type { Memory } from './memory.ts';
import type { MemoryOperations } from './memory-operations.ts';
import type { LinkKind } from './model/link.ts';
import type { Target } from './model/memory-record.ts';
import type { RecallHit } from './recall-operations.ts';
import type {
  AppendInput,
  DeleteInput,
  IncrementInput,
  StoreInput,
  UpdateInput,
  WriteOptions,
} from './write-operations.ts';
import type {
  DeleteResult,
  StoreManyResult,
  StoreResultResult,
  WriteResult,
} from './write-results.ts';

/** What v4's recall took by name. */
export interface RecallOptions {
  /** False searches by text only; true or absent by text and meaning. */
  readonly semantic?: boolean | undefined;
  /** v4's flat equality object, or the filter algebra. */
  readonly filters?: Where | null | undefined;
  /** 1..100, default 10 */
  readonly limit?: number | undefined;
}

/** Fields of a store beside key, value and metadata. */
export type StoreOptions = Omit<StoreInput, 'key' | 'value' | 'valueText' | 'metadata'> &
  WriteOptions;

/** v4's calls and the newer ones beside them, on whatever they are bound to: an engine or an open transaction. */
export class MemoryCalls {
  protected readonly memories: MemoryOperations;

  constructor(memories: MemoryOperations) {
    this.memories = memories;
  }

  /** Creates or replaces a memory. Section, persona, importance and tags may stand in the metadata, as in v4. */
  async store(
    key: string,
    value: unknown,
    metadata?: unknown,
    options: StoreOptions = {},
  ): Promise<WriteResult> {
    const { awaitIndex, commitMode, idempotencyKey, timeoutMs, ...fields } = options;
    return await this.memories.store(
      { ...fields, key, value, metadata },
      { awaitIndex, commitMode, idempotencyKey, timeoutMs },
    );
  }

  async storeMany(
    items: readonly StoreInput[],
    options?: WriteOptions & { atomic?: boolean | undefined },
  ): Promise<StoreManyResult> {
    return await this.memories.storeMany(items, options);
  }

  /** The best memories for a text, best first. */
  async recall(query: string, options: RecallOptions = {}): Promise<readonly RecallHit[]> {
    const mode = options.semantic === false ? 'TEXT' : 'HYBRID';
    const { hits } = await this.memories.recall({
      query,
      mode,
      where: options.filters,
      limit: options.limit,
    });
    return hits;
  }

  /** With `asOf` as it was then. */
  async get(target: Target | string, options?: AsOfOptions): Promise<Memory | null> {
    return await this.memories.get(toTarget(target), options);
  }

  async getMany(
    targets: readonly (Target | string)[],
    options?: AsOfOptions,
  ): Promise<readonly (Memory | null)[]> {
    return await this.memories.getMany(targets.map(toTarget), options);
  }

  /** The versions of a memory, newest first, also of a deleted one. */
  async history(input: HistoryInput | string): Promise<HistoryPage> {
    return await this.memories.history(typeof input === 'string' ? { by: { key: input } } : input);
  }

  /** Writes the content of an old version as a new one; a deleted memory comes back. */
  async restore(input: RestoreInput, options?: WriteOptions): Promise<WriteResult> {
    return await this.memories.restore(input, options);
  }

  /** What changed between two versions of a memory. */
  async diff(input: DiffInput): Promise<VersionDiff> {
    return await this.memories.diff(input);
  }

  async list(input: ListInput = {}): Promise<MemoryPage> {
    return await this.memories.list(input);
  }

  /** The named parts change, the others stay; with a key, as v4 called it, the value is replaced. */
  async update(input: UpdateInput, options?: WriteOptions): Promise<WriteResult>;
  async update(key: string, value: unknown, options?: WriteOptions): Promise<WriteResult>;
  async update(
    inputOrKey: UpdateInput | string,
    valueOrOptions?: unknown,
    options?: WriteOptions,
  ): Promise<WriteResult> {
    return typeof inputOrKey === 'string'
      ? await this.memories.update({ by: { key: inputOrKey }, value: valueOrOptions }, options)
      : await this.memories.update(inputOrKey, valueOrOptions as WriteOptions | undefined);
  }

  async increment(input: IncrementInput, options?: WriteOptions): Promise<WriteResult> {
    return await this.memories.increment(input, options);
  }

  async append(input: AppendInput, options?: WriteOptions): Promise<WriteResult> {
    return await this.memories.append(input, options);
  }

  async delete(input: DeleteInput | string, options?: WriteOptions): Promise<DeleteResult> {
    const by = typeof input === 'string' ? { by: { key: input } } : input;
    return await this.memories.delete(by, options);
  }

  /** Links two memories; one that is linked already stays so. Inside a transaction it is seen by that one alone. */
  async link(
    input: { from: Target | string; to: Target | string; kind: LinkKind },
    options?: WriteOptions,
  ): Promise<LinkResult> {
    return await this.memories.link(toLinkInput(input), options);
  }

  /** Removes a link; without one nothing happens. */
  async unlink(
    input: { from: Target | string; to: Target | string; kind: LinkKind },
    options?: WriteOptions,
  ): Promise<LinkResult> {
    return await this.memories.unlink(toLinkInput(input), options);
  }

  /** The memories that one is linked with, the newest link first. */
  async related(
    target: Target | string,
    options: Omit<RelatedInput, 'to'> = {},
  ): Promise<readonly RelatedMemory[]> {
    return await this.memories.related({ ...options, to: toTarget(target) });
  }

  /** Fails unless the memory has this version; 0 = it must not exist. */
  async assertVersion(target: Target | string, version: number): Promise<void> {
    await this.memories.assertVersion({ by: toTarget(target), version });
  }

  /** What a persona should know for a task; with `budgetTokens` also as one text of at most so many tokens. */
  async getContext(persona: string, task: string, options?: ContextOptions): Promise<AgentContext> {
    return await this.memories.getContext(persona, task, options);
  }

  /** Keeps the result of a task as an episode and as the persona's latest result. */
  async storeResult(
    persona: string,
    task: string,
    result: unknown,
    options?: WriteOptions & { importance?: number | undefined },
  ): Promise<StoreResultResult> {
    const { importance, ...writeOptions } = options ?? {};
    return await this.memories.storeResult({ persona, task, result, importance }, writeOptions);
  }
}

function toLinkInput({
  from,
  to,
  kind,
}: {
  readonly from: Target | string;
  readonly to: Target | string;
  readonly kind: LinkKind;
}): LinkInput {
  return { from: toTarget(from), to: toTarget(to), kind };
}

function toTarget(target: Target | string): Target {
  return typeof target === 'string' ? { key: target } : target;
}
