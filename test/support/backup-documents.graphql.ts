import { graphql } from '../generated/gql.ts';

export const TakeBackup = graphql(`
  mutation TakeBackup($input: BackupInput!) {
    backup(input: $input) {
      __typename
      ... on BackupPayload {
        job {
          id
          kind
        }
      }
      ... on Error {
        code
        message
        path
        remedy
      }
    }
  }
`);

export const ListBackups = graphql(`
  query ListBackups {
    backups {
      name
      kind
      takenAt
      commitNumber
      epoch
      memories
      changes
      bytes
      sha256
      base
      schemaVersion
    }
  }
`);
