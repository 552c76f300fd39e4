import { graphql } from '../generated/gql.ts';

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
