import { DEFAULT_NAMESPACE, type Engine } from './engine.ts';
import type { Status } from './figures.ts';
import type { HealthListener } from './health-monitor.ts';
import { MemoryCalls } from './memory-calls.ts';
import type { MemoryOperations } from './memory-operations.ts';
import type { TransactOutcome, TransactStep } from './open-transaction.ts';
import type { OptimizationPlan, OptimizationReport } from './optimization-operations.ts';
import type { RunOptions, TransactionStatistics } from './transaction/transaction-types.ts';
import { TransactionHandle } from './transaction-handle.ts';
import type { WriteOptions } from './write-operations.ts';

/**
 * The library: v4's calls on one engine, in the namespace `default`, and the newer operations beside them. Every
 * rejection is a MemorySystemError. Made by MemoryManagerFactory.
 */
export class MemoryManager extends MemoryCalls {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    super(engine.namespace(DEFAULT_NAMESPACE));
    this.#engine = engine;
  }

  /**
   * Runs `body` in a transaction: committed when it returns, rolled back when it throws, run again after a conflict.
   * Resolves with what `body` returned, once everything is durable.
   */
  async transaction<T>(
    body: (transaction: TransactionHandle) => Promise<T>,
    options?: RunOptions,
  ): Promise<T> {
    const { value } = await this.memories.runTransaction(
      (open) => body(new TransactionHandle(open)),
      options,
    );
    return value;
  }

  /** A whole transaction in one call: all its steps or none. */
  async transact(steps: readonly TransactStep[], options?: WriteOptions): Promise<TransactOutcome> {
    return await this.memories.transact(steps, options);
  }

  /** v4's figures over all transactions of the engine. */
  getTransactionStatistics(): TransactionStatistics {
    return this.memories.transactionStatistics();
  }

  async applyOptimizations(plan: OptimizationPlan): Promise<readonly OptimizationReport[]> {
    return await this.memories.applyOptimizations(plan);
  }

  /** Holds v4's `performance_metrics` among newer figures. */
  async getStatus(): Promise<Status> {
    return await this.memories.status();
  }

  /**
   * Throws PerformanceDegradationError, which names each figure and its threshold, while one of the section `performance` of
   * the configuration is passed; for callers who would rather wait than add to the load.
   */
  assertPerformance(): void {
    this.#engine.assertPerformance();
  }

  /** Calls `listener` once for each change of a part's state (OK, DEGRADED, RECOVERING, READ_ONLY, QUARANTINE); returns how to stop that. */
  onHealthChange(listener: HealthListener): () => void {
    return this.#engine.onHealthChange(listener);
  }

  /** All operations on another namespace of the same store. */
  namespace(name: string): MemoryOperations {
    return this.#engine.namespace(name);
  }

  /** Closes the store; calling it again does nothing more. */
  async cleanup(): Promise<void> {
    await this.#engine.close();
  }
}
