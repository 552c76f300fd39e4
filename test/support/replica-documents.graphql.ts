import { graphql } from '../generated/gql.ts';

/* What a process is to its database, and the reads that are asked of replicas. */

export const ReplicaState = graphql(`
  query ReplicaState {
    health {
      role
      state
      checks {
        name
        state
      }
    }
    status {
      role
      headCursor
    }
    stats {
      role
    }
  }
`);

export const ReadBack = graphql(`
  query ReadBack($key: String!, $query: String!) {
    memory(by: { key: $key }) {
      value
    }
    recall(query: $query, first: 5) {
      edges {
        node {
          key
          value
        }
      }
    }
  }
`);
