/*
 * The one door of the engine: everything outside src/engine imports from here, and only from here.
 */

export type { BackendInfo, ParticipantInspection, StoreRole } from './backends/backend.ts';
export type {
  BackendStatistics,
  ConnectionStatistics,
  GroupStatistics,
  HealthCheck,
  HealthState,
  LatencySummary,
  PoolStatistics,
  SlowStatement,
  StatementStatistics,
} from './backends/backend-statistics.ts';
export type { EmbeddingStatus } from './backends/embedding-reads.ts';
export { type BackupList, listBackups } from './backup/backup-directory.ts';
export { BACKUP_KINDS, type BackupKind } from './backup/backup-kinds.ts';
export type { BackupManifest } from './backup/backup-manifest.ts';
export type { Backup, BackupInput } from './backup/backup-operations.ts';
export type { BackupRetention } from './backup/backup-retention.ts';
export type { RestoreReport } from './backup/maintenance-work.ts';
export { type BackupRequest, backupDatabase } from './backup/run-backup.ts';
export { type RestoreRequest, restoreDatabase } from './backup/run-restore.ts';
export type { Watch } from './backup/watch-progress.ts';
export type { ChangeEvent, ChangePage, ChangesInput, ResumeExpired } from './change-operations.ts';
export type { AgentContext } from './context-operations.ts';
export {
  type ContextOptions,
  OMISSION_REASONS,
  type OmissionReason,
  type OmittedMemory,
  type PackedContext,
  type PackedMemory,
} from './context-operations.ts';
export { type DiskRoom, diskRoom } from './disk-room.ts';
export { DEFAULT_NAMESPACE, type Engine, type EngineCompanions, openEngine } from './engine.ts';
export {
  type EngineTracer,
  type RequestEnd,
  sharedNow,
  type ThreadTiming,
} from './engine-tracer.ts';
export {
  AuthenticationError,
  type ErrorCode,
  type ErrorData,
  IdempotencyMismatchError,
  MemoryConnectionError,
  MemoryDataCorruptionError,
  type MemoryErrorOptions,
  MemorySystemError,
  MemoryTimeoutError,
  NotFoundError,
  OverloadedError,
  ParticipantUnavailableError,
  PerformanceDegradationError,
  PermissionError,
  ReadOnlyError,
  SnapshotTooOldError,
  StorageFullError,
  TransactionConflictError,
  TransactionStateError,
  ValidationError,
  type ValidationIssue,
  VersionConflictError,
} from './errors.ts';
export type {
  CacheStatistics,
  EmbeddingFigures,
  Health,
  OperationStatistics,
  ParticipantFigures,
  PerformanceFigure,
  Statistics,
  Status,
} from './figures.ts';
export type { HealthChange, HealthListener } from './health-monitor.ts';
export {
  type AsOf,
  type AsOfOptions,
  type DiffInput,
  type HistoryInput,
  type HistoryPage,
  type MemoryVersion,
  type RestoreInput,
  VERSIONED_FIELDS,
  type VersionDiff,
  type VersionedField,
} from './history-operations.ts';
export type { ImportedLink, ImportItem, ImportOutcome } from './import-operations.ts';
export { repairDatabase } from './integrity/repair-database.ts';
export { verifyDatabase } from './integrity/verify-database.ts';
export {
  type Finding,
  type LostMemory,
  type RepairReport,
  type RestoredMemory,
  VERIFY_DEPTHS,
  type VerifyDepth,
  type VerifyReport,
} from './integrity-report.ts';
export { type Job, type JobState, REINDEX_TARGETS, type ReindexTarget } from './job.ts';
export type { JsonChange } from './json-diff.ts';
export { canonicalJsonText, isExactJson, parseJsonText, toJsonText } from './json-text.ts';
export {
  DEFAULT_CHANGE_BATCH,
  DEFAULT_OPERATION_TIMEOUT_MS,
  DEFAULT_PAGE_SIZE,
  DEFAULT_RECALL_LIMIT,
  DEFAULT_RELATED_LIMIT,
  IDEMPOTENCY_TTL_MS,
  MAX_BATCH_READ,
  MAX_BATCH_STORE,
  MAX_CHANGE_BATCH,
  MAX_CONTEXT_TOKENS,
  MAX_FILTER_DEPTH,
  MAX_FILTER_TERMS,
  MAX_FILTER_VALUES,
  MAX_IDEMPOTENCY_KEY_BYTES,
  MAX_JSON_DEPTH,
  MAX_KEY_BYTES,
  MAX_LINKS_PER_MEMORY,
  MAX_METADATA_BYTES,
  MAX_NAME_BYTES,
  MAX_OPEN_TRANSACTIONS,
  MAX_PAGE_SIZE,
  MAX_QUERY_BYTES,
  MAX_RECALL_LIMIT,
  MAX_TAG_BYTES,
  MAX_TAGS,
  MAX_UNIT_BYTES,
  MAX_UNIT_OPERATIONS,
  MAX_VALUE_BYTES,
} from './limits.ts';
export type {
  LinkInput,
  LinkResult,
  RelatedBy,
  RelatedInput,
  RelatedMemory,
} from './link-operations.ts';
export type { ListInput, MemoryPage, Where } from './list-operations.ts';
export { Memory } from './memory.ts';
export { MemoryCalls, type RecallOptions, type StoreOptions } from './memory-calls.ts';
export { MemoryManager } from './memory-manager.ts';
export { MemoryManagerFactory } from './memory-manager-factory.ts';
export type { MemoryOperations } from './memory-operations.ts';
export type { ChangeKind } from './model/change.ts';
export type { Duplicate, DuplicatePolicy } from './model/duplicate.ts';
export type { JsonObject, JsonPath, JsonValue } from './model/json-value.ts';
export type { LinkKind } from './model/link.ts';
export type { PersonaRecord, Target } from './model/memory-record.ts';
export type { CommitMode, ParticipantName } from './model/participation.ts';
export { SECTIONS, type Section } from './model/section.ts';
export type { ImportedHistory } from './model/write-operation.ts';
export type {
  CommittedTransaction,
  OpenTransaction,
  TransactionResult,
  TransactOutcome,
  TransactStep,
  TransactStepResult,
} from './open-transaction.ts';
export {
  OPTIMIZATION_TYPES,
  type OptimizationAction,
  type OptimizationPlan,
  type OptimizationReport,
  type OptimizationType,
} from './optimization-operations.ts';
export {
  type EngineConfig,
  type EngineConfigInput,
  type EngineOptions,
  engineConfigSchema,
  parseEngineConfig,
  toEngineOptions,
} from './options.ts';
export { isOwnFile } from './own-file.ts';
export type {
  RecallHit,
  RecallInput,
  RecallMode,
  RecallResult,
  ScoreExplanation,
} from './recall-operations.ts';
export {
  FILTER_FIELDS,
  type FilterField,
  type OrderField,
  type OrderTerm,
} from './search/filter.ts';
export {
  ISOLATION_LEVELS,
  type IsolationLevel,
  type RunOptions,
  TRANSACTION_STATES,
  type TransactionInfo,
  type TransactionOptions,
  type TransactionState,
  type TransactionStatistics,
} from './transaction/transaction-types.ts';
export { TransactionHandle } from './transaction-handle.ts';
export { exportRecords } from './transfer/export-records.ts';
export { exportTrinitasV4, type V4ExportOptions } from './transfer/export-trinitas-v4.ts';
export {
  TRANSFER_FORMAT_NAMES,
  TRANSFER_FORMATS,
  type TransferFormat,
  type TransferFormatName,
} from './transfer/formats.ts';
export { type ImportCounts, importRecords } from './transfer/import-records.ts';
export type { ExportOptions } from './transfer/memory-pages.ts';
export { primeSource } from './transfer/prime-source.ts';
export type {
  RowFailure,
  TransferRecord,
  TransferRow,
  TransferSource,
} from './transfer/transfer-row.ts';
export { type HeldTrinitasV4, holdTrinitasV4 } from './transfer/trinitas-v4.ts';
export { VERSION } from './version.ts';
export type {
  AppendInput,
  AssertVersionInput,
  DeleteInput,
  IncrementInput,
  StoreInput,
  StoreResultInput,
  UpdateInput,
  WriteOptions,
} from './write-operations.ts';
export type {
  DeleteResult,
  StoreManyResult,
  StoreResultResult,
  WriteResult,
} from './write-results.ts';
