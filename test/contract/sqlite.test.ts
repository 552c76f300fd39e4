import { describeBackend } from './backend-contract.ts';

describeBackend({
  kind: 'sqlite',
  journalMode: 'wal',
  groupsCommits: true,
  poolsReaders: true,
});
