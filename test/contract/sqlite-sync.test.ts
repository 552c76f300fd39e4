import { describeBackend } from './backend-contract.ts';

describeBackend({
  kind: 'sqlite_sync',
  journalMode: 'delete',
  groupsCommits: false,
  poolsReaders: false,
});
