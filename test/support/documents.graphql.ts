import { graphql } from '../generated/gql.ts';

/** The operations that the tests of the server send; typed by codegen from schema.graphql. */

export const StoreMemory = graphql(`
  mutation StoreMemory($input: StoreMemoryInput!) {
    storeMemory(input: $input) {
      __typename
      ... on WritePayload {
        created
        replayed
        cursor
        memory {
          id
          key
          value
          valueText
          metadata
          tags
          section
          persona
          importance
          version
          expiresAt
        }
      }
      ... on Error {
        code
        message
        path
        remedy
        retryable
      }
      ... on ValidationError {
        issues {
          path
          message
        }
      }
      ... on VersionConflictError {
        expected
        actual
      }
    }
  }
`);

export const UpdateMemory = graphql(`
  mutation UpdateMemory($input: UpdateMemoryInput!) {
    updateMemory(input: $input) {
      __typename
      ... on WritePayload {
        memory {
          key
          value
          metadata
          persona
          version
        }
      }
      ... on Error {
        code
        path
      }
    }
  }
`);

export const IncrementMemory = graphql(`
  mutation IncrementMemory($input: IncrementMemoryInput!) {
    incrementMemory(input: $input) {
      __typename
      ... on WritePayload {
        memory {
          value
          valueText
        }
      }
      ... on Error {
        code
        path
      }
    }
  }
`);

export const AppendToMemory = graphql(`
  mutation AppendToMemory($input: AppendToMemoryInput!) {
    appendToMemory(input: $input) {
      __typename
      ... on WritePayload {
        memory {
          value
        }
      }
      ... on Error {
        code
        path
      }
    }
  }
`);

export const DeleteMemory = graphql(`
  mutation DeleteMemory($input: DeleteMemoryInput!) {
    deleteMemory(input: $input) {
      __typename
      ... on DeleteMemoryPayload {
        deletedId
        cursor
        deleted {
          key
        }
      }
      ... on Error {
        code
        path
      }
    }
  }
`);

export const StoreMemories = graphql(`
  mutation StoreMemories($input: StoreMemoriesInput!) {
    storeMemories(input: $input) {
      __typename
      ... on StoreMemoriesPayload {
        stored
        failed
        cursor
        results {
          __typename
          ... on WritePayload {
            memory {
              key
              version
            }
          }
          ... on Error {
            code
            path
          }
        }
      }
      ... on Error {
        code
        path
      }
    }
  }
`);

export const StoreResult = graphql(`
  mutation StoreResult($input: StoreResultInput!) {
    storeResult(input: $input) {
      __typename
      ... on StoreResultPayload {
        episode {
          key
          section
          importance
        }
        latest {
          key
          importance
        }
      }
      ... on Error {
        code
      }
    }
  }
`);

export const ApplyOptimizations = graphql(`
  mutation ApplyOptimizations($input: ApplyOptimizationsInput!) {
    applyOptimizations(input: $input) {
      __typename
      ... on ApplyOptimizationsPayload {
        reports {
          type
          changed
          message
        }
      }
      ... on Error {
        code
      }
    }
  }
`);

export const GetMemory = graphql(`
  query GetMemory($by: MemoryBy!) {
    memory(by: $by) {
      id
      key
      namespace
      value
      valueText
      version
      createdAt
      updatedAt
      accessedAt
      accessCount
      rememberedBy {
        id
        name
      }
    }
  }
`);

export const ListMemories = graphql(`
  query ListMemories(
    $where: MemoryWhere
    $orderBy: [MemoryOrder!]
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    memories(
      where: $where
      orderBy: $orderBy
      first: $first
      after: $after
      last: $last
      before: $before
    ) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      edges {
        cursor
        node {
          key
        }
      }
      nodes {
        key
        rememberedBy {
          name
        }
      }
    }
  }
`);

export const LoadNodes = graphql(`
  query LoadNodes($ids: [ID!]!) {
    nodes(ids: $ids) {
      __typename
      id
    }
  }
`);

export const Recall = graphql(`
  query Recall($query: String!, $mode: RecallMode! = HYBRID, $where: MemoryWhere) {
    recall(query: $query, mode: $mode, where: $where) {
      mode
      servedMode
      degraded
      tookMs
      edges {
        score
        node {
          key
        }
        explanation {
          text {
            rank
            bm25
            normalised
          }
          semantic {
            rank
          }
          importanceFactor
          recencyFactor
          final
          terms
        }
      }
    }
  }
`);

export const AgentContext = graphql(`
  query AgentContext($persona: String!, $task: String!) {
    context(persona: $persona, task: $task) {
      persona
      degraded
      working {
        node {
          key
        }
      }
      semantic {
        node {
          key
        }
      }
      episodes {
        key
      }
    }
  }
`);

export const Overview = graphql(`
  query Overview {
    health {
      state
      checks {
        name
      }
    }
    status {
      version
      namespace
      totalMemories
      headCursor
      oldestCursor
      sections {
        section
        count
      }
      performanceMetrics {
        opsPerSecond
      }
    }
    stats {
      residentBytes
      operations {
        name
        latency {
          p95
        }
      }
      backend {
        pools {
          name
          size
        }
      }
    }
    personas {
      id
      name
    }
  }
`);

export const ListChanges = graphql(`
  query ListChanges($after: ChangeCursor, $first: Int! = 64, $where: MemoryWhere) {
    changes(after: $after, first: $first, where: $where) {
      __typename
      ... on MemoryChangeBatch {
        endCursor
        hasMore
        changes {
          cursor
          kind
          memory {
            key
            version
          }
        }
      }
      ... on ResumeExpired {
        oldestCursor
        headCursor
      }
    }
  }
`);

export const MemoryChanges = graphql(`
  subscription MemoryChanges($after: ChangeCursor, $where: MemoryWhere, $batchSize: Int! = 64) {
    memoryChanges(after: $after, where: $where, batchSize: $batchSize) {
      __typename
      ... on MemoryChangeBatch {
        endCursor
        changes {
          cursor
          kind
          memory {
            key
            rememberedBy {
              name
            }
          }
        }
      }
      ... on ResumeExpired {
        headCursor
      }
    }
  }
`);

export const StatsStream = graphql(`
  subscription StatsStream($intervalMs: Int! = 250) {
    stats(intervalMs: $intervalMs) {
      at
      subscribers
      totals {
        opsPerSecond
      }
    }
  }
`);
