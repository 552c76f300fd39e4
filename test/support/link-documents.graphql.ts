import { graphql } from '../generated/gql.ts';

/** The operations with which the tests link memories and look for duplicates. */

export const LinkMemories = graphql(`
  mutation LinkMemories($input: LinkMemoriesInput!) {
    linkMemories(input: $input) {
      __typename
      ... on LinkMemoriesPayload {
        kind
        changed
        since
        replayed
        from {
          key
          version
        }
        to {
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

export const UnlinkMemories = graphql(`
  mutation UnlinkMemories($input: LinkMemoriesInput!) {
    unlinkMemories(input: $input) {
      __typename
      ... on LinkMemoriesPayload {
        changed
        since
      }
      ... on Error {
        code
        path
      }
    }
  }
`);

export const RelatedMemories = graphql(`
  query RelatedMemories(
    $key: String!
    $first: Int! = 10
    $kinds: [LinkKind!]
    $direction: RelatedDirection
  ) {
    memory(by: { key: $key }) {
      related(by: LINKS, first: $first, kinds: $kinds, direction: $direction) {
        source
        kind
        direction
        since
        similarity
        memory {
          key
          related {
            memory {
              key
            }
          }
        }
      }
    }
  }
`);

export const LinkTwice = graphql(`
  mutation LinkTwice($first: LinkMemoriesInput!, $second: LinkMemoriesInput!) @transaction {
    first: linkMemories(input: $first) {
      __typename
      ... on LinkMemoriesPayload {
        to {
          related {
            memory {
              key
            }
          }
        }
      }
    }
    second: linkMemories(input: $second) {
      __typename
      ... on Error {
        code
      }
    }
  }
`);

export const StoreWithoutDuplicates = graphql(`
  mutation StoreWithoutDuplicates($input: StoreMemoryInput!) {
    storeMemory(input: $input) {
      __typename
      ... on WritePayload {
        created
        memory {
          key
        }
        duplicates {
          memoryId
          key
          similarity
          exact
          memory {
            key
            value
          }
        }
      }
      ... on Error {
        code
      }
    }
  }
`);

export const DeleteRelated = graphql(`
  mutation DeleteRelated($key: String!) {
    deleteMemory(input: { by: { key: $key } }) {
      __typename
      ... on DeleteMemoryPayload {
        deleted {
          related {
            kind
          }
        }
      }
    }
  }
`);

export const TransactLinks = graphql(`
  mutation TransactLinks($input: TransactInput!) {
    transact(input: $input) {
      __typename
      ... on TransactPayload {
        steps {
          operation
          rolledBack
          memory {
            key
          }
          link {
            kind
            changed
            since
            from {
              key
            }
            to {
              key
            }
          }
          duplicates {
            key
            exact
          }
        }
      }
      ... on TransactionAbortedError {
        failedIndex
        cause {
          code
          path
        }
      }
      ... on Error {
        code
      }
    }
  }
`);
