import { builder } from './builder.ts';

export const SectionEnum = builder.enumType('Section', {
  description:
    'The kind of a memory. It is inferred from the metadata and the key when a store does not say it.',
  values: {
    WORKING_MEMORY: {
      value: 'working_memory',
      description: 'Short-term: the task at hand. The default.',
    },
    EPISODIC_MEMORY: { value: 'episodic_memory', description: 'Events: what happened, and when.' },
    SEMANTIC_MEMORY: { value: 'semantic_memory', description: 'Facts: what is known.' },
    PROCEDURAL_MEMORY: { value: 'procedural_memory', description: 'How to do something.' },
    CACHE: {
      value: 'cache',
      description: 'Results that can be computed again; cleanup may delete them.',
    },
    LEARNING_DATA: { value: 'learning_data', description: 'Material and outcomes of learning.' },
    PATTERN_STORAGE: { value: 'pattern_storage', description: 'Patterns found in other memories.' },
    PERFORMANCE_METRICS: {
      value: 'performance_metrics',
      description: 'Measurements the agents made about themselves.',
    },
  } as const,
});

export const OrderDirectionEnum = builder.enumType('OrderDirection', {
  description: 'Direction of one sort term.',
  values: {
    ASC: { value: 'asc', description: 'Smallest, oldest or first by code point first.' },
    DESC: { value: 'desc', description: 'Largest, newest or last by code point first.' },
  } as const,
});

export const MemoryOrderFieldEnum = builder.enumType('MemoryOrderField', {
  description:
    'What memories can be sorted by. Ties are broken by age of the id, so every order is total.',
  values: {
    KEY: { value: 'key', description: 'The key, by code point.' },
    IMPORTANCE: { value: 'importance', description: 'The importance.' },
    CREATED_AT: { value: 'createdAt', description: 'The moment of the first store.' },
    UPDATED_AT: { value: 'updatedAt', description: 'The moment of the last write.' },
    ACCESSED_AT: {
      value: 'accessedAt',
      description: 'The moment of the last recall that touched it.',
    },
    ACCESS_COUNT: { value: 'accessCount', description: 'How often it was recalled.' },
    VERSION: { value: 'version', description: 'How often it was written.' },
  } as const,
});

export const RecallModeEnum = builder.enumType('RecallMode', {
  description: 'Which arms search.',
  values: {
    TEXT: { description: 'Full text only: words of the query, ranked by bm25.' },
    SEMANTIC: {
      description:
        'Meaning only, by vectors; served as TEXT, as `servedMode` tells, while there are none.',
    },
    HYBRID: {
      description:
        'Both, fused. The default; served as TEXT, as `servedMode` tells, while there are no vectors.',
    },
  } as const,
});

export const ChangeKindEnum = builder.enumType('ChangeKind', {
  description: 'What a change did.',
  values: {
    CREATED: { value: 'created', description: 'The key did not exist before.' },
    UPDATED: { value: 'updated', description: 'The memory existed and has a new version.' },
    DELETED: {
      value: 'deleted',
      description: 'The memory is gone; the change carries its last state.',
    },
  } as const,
});

export const HealthStateEnum = builder.enumType('HealthState', {
  description: 'State of the store or of one part.',
  values: {
    OK: { description: 'Works.' },
    DEGRADED: { description: 'Works with less: slower, or without a part.' },
    RECOVERING: { description: 'Reconnecting or repairing; try again soon.' },
    READ_ONLY: { description: 'Reads work, writes are refused with READ_ONLY.' },
    QUARANTINE: {
      description: 'Damage was found; an operator must repair before it serves again.',
    },
    CLOSED: { description: 'Shut down.' },
  } as const,
});

export const StoreRoleEnum = builder.enumType('StoreRole', {
  description:
    'What a server process is to its database: one process owns it, any number of others on the same machine may follow.',
  values: {
    OWNER: { description: 'Reads and writes.' },
    REPLICA: {
      description:
        'Reads the same database and follows its changes; every mutation that changes something is refused with READ_ONLY.',
    },
  } as const,
});

export const OptimizationTypeEnum = builder.enumType('OptimizationType', {
  description: 'What `applyOptimizations` can do.',
  values: {
    CLEANUP: {
      value: 'cleanup',
      description:
        'Deletes memories of CACHE and WORKING_MEMORY with an importance below 0.5 that were not accessed for `thresholdDays`.',
    },
    CACHE_OPTIMIZATION: {
      value: 'cache_optimization',
      description: 'Drops expired entries of the operation cache.',
    },
    CACHE_EXPANSION: {
      value: 'cache_expansion',
      description: 'Lets the operation cache hold more entries.',
    },
    INDEX_OPTIMIZATION: {
      value: 'index_optimization',
      description: 'Refreshes the planner statistics and merges the full-text index.',
    },
    CONNECTION_POOL_TUNING: {
      value: 'connection_pool_tuning',
      description: 'Grows or shrinks the pool of reader connections.',
    },
  } as const,
});
