import { graphql } from '../generated/gql.ts';

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
