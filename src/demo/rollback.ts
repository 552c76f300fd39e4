import { MemorySystemError, TransactionStateError } from '../engine/index.ts';
import type { Demonstration } from './demonstration.ts';
import { errorOf } from './error-of.ts';

export const rollback: Demonstration = {
  name: 'rollback',
  title: 'Rollback',
  proves:
    'When something fails, nothing of it remains: no memory, no version, no entry in the change log. (The rollback of v4 ' +
    'reported success and undid nothing.)',

  async run({ memories, check }) {
    await memories.store({ key: 'plan', value: 'first draft' });
    const { headCursor } = await memories.status();

    const mishap = new Error('the agent changed its mind');
    const thrown = await errorOf(
      memories.runTransaction(async ({ memories: inside }) => {
        await inside.update({ by: { key: 'plan' }, value: 'half a thought' });
        await inside.store({ key: 'orphan', value: 1 });
        await inside.delete({ by: { key: 'plan' } });
        throw mishap;
      }),
    );
    check('the error of a failing body reaches its caller as it is', thrown === mishap, thrown);
    const [plan, orphan] = await memories.getMany([{ key: 'plan' }, { key: 'orphan' }]);
    check(
      'an update, a new memory and a deletion are undone',
      plan?.value === 'first draft' && plan.version === 1 && orphan === null,
    );
    const { totalMemories, headCursor: afterwards } = await memories.status();
    check(
      'the count and the change log are where they were',
      totalMemories === 1 && afterwards === headCursor,
      { totalMemories, afterwards },
    );

    const open = await memories.beginTransaction();
    await open.memories.store({ key: 'kept', value: 1 });
    await open.savepoint('before the detour');
    await open.memories.store({ key: 'detour', value: 2 });
    await open.rollbackTo('before the detour');
    await open.commit();
    const [kept, detour] = await memories.getMany([{ key: 'kept' }, { key: 'detour' }]);
    check('a savepoint undoes a part, and the rest is committed', kept !== null && detour === null);

    const refused = await errorOf(
      memories.transact([
        { store: { key: 'one', value: 1 } },
        { store: { key: 'two', value: 2 } },
        { assert: { by: { key: 'plan' }, version: 7 } },
      ]),
    );
    check(
      'of a list of steps one fails: the error names it by its number',
      refused instanceof MemorySystemError && refused.data['step'] === 2,
      refused,
    );
    const rest = await memories.getMany([{ key: 'one' }, { key: 'two' }]);
    check(
      'and the steps before it did not happen',
      rest.every((memory) => memory === null),
    );

    const abandoned = await memories.beginTransaction();
    await abandoned.memories.store({ key: 'abandoned', value: 1 });
    const { state } = await abandoned.rollback();
    const late = await errorOf(abandoned.commit());
    check(
      'a transaction that was rolled back by hand says so and cannot be committed',
      state === 'rolled_back' && late instanceof TransactionStateError,
      late,
    );
  },
};
