export interface SampleOperation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/**
 * The tabs of GraphiQL, in the order a newcomer tries them; a test runs every one of them.
 * The first has no variables: GraphiQL 5 leaves those of the first tab out when it opens.
 */
export const SAMPLE_OPERATIONS: readonly SampleOperation[] = [
  {
    query: `# Store a memory, or replace it. Run it with the button above or Ctrl+Enter.
mutation StoreMemory {
  storeMemory(
    input: {
      key: "fact_trinitas_origin"
      value: { text: "Athena plans, Artemis optimises, Hestia guards." }
      persona: "athena"
      tags: ["origin", "personas"]
      importance: 0.8
    }
  ) {
    __typename
    ... on WritePayload {
      created
      cursor
      memory { id key version section persona value tags importance }
    }
    ... on Error { code message path remedy retryable }
  }
}
`,
  },
  {
    query: `# Find memories by their words and by their meaning. Every hit explains its score: the parts multiply out to it.
query Recall($query: String!) {
  recall(query: $query, mode: HYBRID, weights: { text: 0.5, semantic: 0.5 }, first: 5) {
    servedMode
    degraded
    degradedReason
    tookMs
    edges {
      score
      node { key value section rememberedBy { name } }
      explanation {
        text { rank bm25 context coverage normalised }
        semantic { rank similarity background normalised model }
        weights { text semantic }
        nameBoost
        importanceFactor
        recencyFactor
        final
        terms
      }
    }
  }
}
`,
    variables: { query: 'who guards' },
  },
  {
    query: `# List memories with a filter, an order and a cursor; give endCursor as after for the next page.
query ListMemories($after: String) {
  memories(
    first: 10
    after: $after
    where: { section: { in: [SEMANTIC_MEMORY, WORKING_MEMORY] }, importance: { gte: 0.5 } }
    orderBy: [{ field: IMPORTANCE, direction: DESC }]
  ) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes { key importance section tags updatedAt }
  }
}
`,
    variables: { after: null },
  },
  {
    query: `# What should a persona have in mind for a task?
query AgentContext {
  context(persona: "athena", task: "explain who guards what") {
    degraded
    working { score node { key value } }
    semantic { score node { key value } }
    episodes { key createdAt value }
  }
}
`,
  },
  {
    query: `# Several writes as one transaction: all of them or none. Sent again with the same key it replays the answer.
mutation Transact($key: String) {
  transact(
    input: {
      operations: [
        { store: { key: "plan_balance", value: { points: 10 } } }
        { increment: { by: { key: "plan_balance" }, path: "points", amount: 5 } }
        { savepoint: "before" }
        { increment: { by: { key: "plan_balance" }, path: "points", amount: 100 } }
        { rollbackTo: "before" }
        { assert: { by: { key: "plan_missing" }, version: 0 } }
      ]
      isolation: SERIALIZABLE
      idempotencyKey: $key
    }
  ) {
    __typename
    ... on TransactPayload {
      state
      effectiveIsolation
      cursor
      replayed
      steps { index operation rolledBack deletedId memory { key version value } }
    }
    ... on TransactionAbortedError { failedIndex cause { code message } }
    ... on Error { code message path remedy retryable }
  }
}
`,
    variables: { key: null },
  },
  {
    query: `# A document that is one transaction: when a field fails, nothing of it is stored. See extensions in the answer.
mutation MoveTask($level: IsolationLevel) @transaction(isolation: $level) {
  start: storeMemory(input: { key: "task_state", value: { done: 0 } }) {
    __typename
    ... on WritePayload { memory { key version } }
  }
  finish: incrementMemory(input: { by: { key: "task_state" }, path: "done" }) {
    __typename
    ... on WritePayload { memory { key version value } }
    ... on Error { code message }
  }
}
`,
    variables: { level: 'REPEATABLE_READ' },
  },
  {
    query: `# Watch every committed change. Keep endCursor: give it as after to go on where you stopped.
subscription MemoryChanges($after: ChangeCursor) {
  memoryChanges(after: $after) {
    __typename
    ... on MemoryChangeBatch {
      endCursor
      changes { kind at memory { key version value } }
    }
    ... on ResumeExpired { oldestCursor headCursor }
  }
}
`,
    variables: { after: null },
  },
  {
    query: `# Live figures, once a second.
subscription Stats {
  stats(intervalMs: 1000) {
    at
    totals { opsPerSecond averageLatencyMs errorRate }
    operations { name rate latency { mean p50 p95 p99 } }
    backend { pools { name size busy queued utilization } groups { meanSize commit { p95 } } }
    eventLoopLag { p99 }
  }
}
`,
  },
  {
    query: `# What is this server, and is it well?
query Status {
  health { state checks { name state latencyMs message } }
  status {
    version
    uptimeSeconds
    totalMemories
    sections { section count }
    embedding { model ready pending failed outdated }
    backend { backend sqliteVersion synchronous journalMode }
    headCursor
  }
  personas { name createdAt }
}
`,
  },
  {
    query: `# Make the vectors that are missing or of another model, in the background.
mutation Reindex {
  reindex(input: { target: VECTORS }) {
    __typename
    ... on ReindexPayload { job { id kind state done total } }
    ... on Error { code message remedy retryable }
  }
}
`,
  },
  {
    query: `# What runs in the background, and what has ended?
query Jobs {
  jobs { id kind state done failed total startedAt endedAt error }
}
`,
  },
];
