import { graphql } from '../generated/gql.ts';

/** The operations with which the tests look at Redis and Chroma beside the database. */

export const StoreInMode = graphql(`
  mutation StoreInMode($input: StoreMemoryInput!) {
    storeMemory(input: $input) {
      __typename
      ... on WritePayload {
        pending
        memory {
          key
        }
      }
      ... on Error {
        code
        message
        remedy
      }
    }
  }
`);

export const TransactInMode = graphql(`
  mutation TransactInMode($input: TransactInput!) {
    transact(input: $input) {
      __typename
      ... on TransactPayload {
        pending
      }
      ... on Error {
        code
        message
        remedy
      }
    }
  }
`);

export const Participants = graphql(`
  query Participants {
    health {
      checks {
        name
        state
        message
      }
    }
    stats {
      participants {
        name
        state
        breaker
        calls
        waiting
        cache {
          hits
          misses
          fills
        }
      }
    }
  }
`);

export const RecallFrom = graphql(`
  query RecallFrom($query: String!) {
    recall(query: $query, mode: SEMANTIC) {
      vectorsFrom
      edges {
        node {
          key
        }
      }
    }
  }
`);

export const ReadKey = graphql(`
  query ReadKey($key: String!) {
    memory(by: { key: $key }) {
      key
      value
    }
  }
`);

export const ReindexOne = graphql(`
  mutation ReindexOne($target: ReindexTarget!) {
    reindex(input: { target: $target }) {
      __typename
      ... on ReindexPayload {
        job {
          id
        }
      }
      ... on Error {
        code
        message
        remedy
      }
    }
  }
`);
