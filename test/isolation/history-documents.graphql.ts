import { graphql } from '../generated/gql.ts';

/** The operations of a history. */

export const HistoryRead = graphql(`
  query HistoryRead($key: String!) {
    memory(by: { key: $key }) {
      value
    }
  }
`);

export const HistoryList = graphql(`
  query HistoryList($where: MemoryWhere) {
    memories(where: $where, first: 100, orderBy: [{ field: KEY, direction: ASC }]) {
      nodes {
        key
        value
      }
    }
  }
`);

export const HistoryStore = graphql(`
  mutation HistoryStore($key: String!, $n: JSON!) {
    storeMemory(input: { key: $key, value: { n: $n } }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const HistoryIncrement = graphql(`
  mutation HistoryIncrement($key: String!, $amount: Float!) {
    incrementMemory(input: { by: { key: $key }, path: "n", amount: $amount }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);

export const HistoryDelete = graphql(`
  mutation HistoryDelete($key: String!) {
    deleteMemory(input: { by: { key: $key } }) {
      __typename
      ... on Error {
        code
        message
      }
    }
  }
`);
