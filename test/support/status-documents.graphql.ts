import { graphql } from '../generated/gql.ts';

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
