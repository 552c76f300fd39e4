import { graphql } from '../generated/gql.ts';

/** The operations about the past that the tests of the server send. */

export const GetHistory = graphql(`
  query GetHistory($by: MemoryBy!, $first: Int! = 20, $after: ChangeCursor) {
    history(by: $by, first: $first, after: $after) {
      hasNextPage
      complete
      versions {
        version
        kind
        at
        transactionId
        cursor
        memory {
          id
          value
        }
      }
    }
  }
`);

export const GetMemoryAsOf = graphql(`
  query GetMemoryAsOf($by: MemoryBy!, $asOf: Moment) {
    memory(by: $by, asOf: $asOf) {
      version
      value
    }
  }
`);

export const ListMemoriesAsOf = graphql(`
  query ListMemoriesAsOf($asOf: Moment, $where: MemoryWhere) {
    memories(asOf: $asOf, where: $where, orderBy: [{ field: KEY, direction: ASC }]) {
      totalCount
      nodes {
        key
        value
      }
    }
  }
`);

export const DiffMemory = graphql(`
  query DiffMemory($by: MemoryBy!, $from: Int!, $to: Int!) {
    memoryDiff(by: $by, from: $from, to: $to) {
      changed
      value {
        path
        kind
        before
        after
      }
    }
  }
`);

export const RestoreMemory = graphql(`
  mutation RestoreMemory($input: RestoreMemoryInput!) {
    restoreMemory(input: $input) {
      __typename
      ... on WritePayload {
        created
        replayed
        memory {
          id
          version
          value
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`);
