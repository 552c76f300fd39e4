import { graphql } from '../generated/gql.ts';

/** The operations with which the tests begin, end and watch transactions. */

export const BeginTransaction = graphql(`
  mutation BeginTransaction($input: BeginTransactionInput!) {
    beginTransaction(input: $input) {
      __typename
      ... on BeginTransactionPayload {
        transaction {
          id
          name
          requestedIsolation
          effectiveIsolation
          state
          startedAt
          expiresAt
          durationMs
          operations
          savepoints
        }
      }
      ... on Error {
        code
        message
        path
      }
    }
  }
`);

export const CommitTransaction = graphql(`
  mutation CommitTransaction($id: ID) {
    commitTransaction(input: { id: $id }) {
      __typename
      ... on CommitTransactionPayload {
        cursor
        transaction {
          id
          name
          state
          operations
        }
        memories {
          key
          version
          value
          rememberedBy {
            name
          }
        }
      }
      ... on Error {
        code
        message
        path
        retryable
      }
    }
  }
`);

export const RollbackTransaction = graphql(`
  mutation RollbackTransaction($id: ID, $toSavepoint: String) {
    rollbackTransaction(input: { id: $id, toSavepoint: $toSavepoint }) {
      __typename
      ... on RollbackTransactionPayload {
        transaction {
          state
          operations
          savepoints
        }
      }
      ... on Error {
        code
        message
        path
      }
    }
  }
`);

export const SetSavepoint = graphql(`
  mutation SetSavepoint($id: ID, $name: String!) {
    savepoint(input: { id: $id, name: $name }) {
      __typename
      ... on SavepointPayload {
        transaction {
          operations
          savepoints
        }
      }
      ... on Error {
        code
        path
      }
    }
  }
`);

export const ReleaseSavepoint = graphql(`
  mutation ReleaseSavepoint($id: ID, $name: String!) {
    releaseSavepoint(input: { id: $id, name: $name }) {
      __typename
      ... on SavepointPayload {
        transaction {
          operations
          savepoints
        }
      }
      ... on Error {
        code
        path
      }
    }
  }
`);

export const AssertVersion = graphql(`
  mutation AssertVersion($input: AssertVersionInput!) {
    assertVersion(input: $input) {
      __typename
      ... on AssertVersionPayload {
        version
      }
      ... on VersionConflictError {
        expected
        actual
      }
      ... on Error {
        code
      }
    }
  }
`);

export const Transact = graphql(`
  mutation Transact($input: TransactInput!) {
    transact(input: $input) {
      __typename
      ... on TransactPayload {
        requestedIsolation
        effectiveIsolation
        state
        cursor
        replayed
        steps {
          index
          operation
          rolledBack
          deletedId
          memory {
            id
            key
            version
            value
          }
        }
      }
      ... on TransactionAbortedError {
        failedIndex
        cause {
          __typename
          code
          path
          ... on VersionConflictError {
            expected
            actual
          }
        }
      }
      ... on Error {
        code
        message
        path
        remedy
        retryable
      }
    }
  }
`);

export const OpenTransactions = graphql(`
  query OpenTransactions {
    transactions {
      id
      name
      state
      operations
      savepoints
    }
    transactionStatistics {
      active
      committed
      rolledBack
      timedOut
      conflicts
      retries
      commitRate
      averageDurationSeconds
      activeByState {
        state
        count
      }
    }
  }
`);

export const FindTransaction = graphql(`
  query FindTransaction($id: ID!) {
    transaction(id: $id) {
      id
      name
      state
      effectiveIsolation
    }
  }
`);

export const TransactionFigures = graphql(`
  query TransactionFigures {
    stats {
      transactions {
        active
        committed
      }
      backend {
        groups {
          groups
          units
        }
        snapshots {
          open
          max
          oldestAgeSeconds
          refreshed
          aborted
        }
        slowStatements {
          name
          durationMs
          rows
          at
        }
      }
    }
  }
`);

export const Balances = graphql(`
  query Balances {
    memories(first: 100, orderBy: [{ field: KEY, direction: ASC }]) {
      nodes {
        value
      }
    }
  }
`);
