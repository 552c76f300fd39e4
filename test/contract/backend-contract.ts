import { describe } from 'vitest';
import { type BackendKind, shareTestBackend } from '../support/open-test-backend.ts';
import { describeChanges } from './changes-contract.ts';
import { describeDuplicates } from './duplicates-contract.ts';
import { describeEdits } from './edits-contract.ts';
import { describeExpiry } from './expiry-contract.ts';
import { describeLifecycle } from './lifecycle-contract.ts';
import { describeLinks } from './links-contract.ts';
import { describeLists } from './lists-contract.ts';
import { describeModel } from './model-contract.ts';
import { describeReads } from './reads-contract.ts';
import { describeRecall } from './recall-contract.ts';
import { describeSemantic } from './semantic-contract.ts';
import { describeUnits } from './units-contract.ts';
import { describeUpkeep } from './upkeep-contract.ts';
import { describeWrites } from './writes-contract.ts';

/** What one backend can do that another need not. */
export interface BackendCapabilities {
  readonly kind: BackendKind;
  readonly journalMode: 'wal' | 'delete';
  /** Several units share one commit. */
  readonly groupsCommits: boolean;
  /** Readers of its own, whose number can change. */
  readonly poolsReaders: boolean;
}

/** Everything that callers rely on, whatever the backend. */
export function describeBackend(capabilities: BackendCapabilities): void {
  describe(`backend contract: ${capabilities.kind}`, () => {
    const space = shareTestBackend(capabilities.kind);
    describeWrites(space);
    describeEdits(space);
    describeExpiry(space);
    describeUnits(space);
    describeReads(space);
    describeLists(space);
    describeRecall(space);
    describeLinks(space);
    describeDuplicates(space);
    describeChanges(space);
    describeModel(space);
    describeSemantic(capabilities.kind);
    describeUpkeep(capabilities);
    describeLifecycle(capabilities);
  });
}
