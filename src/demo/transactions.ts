import type { MemoryOperations } from '../engine/index.ts';
import type { Demonstration } from './demonstration.ts';

/** Transactions that all read and write the same counter at once. */
const RIVALS = 16;

export const transactions: Demonstration = {
  name: 'transactions',
  title: 'Transactions',
  proves:
    'Several changes become one. Inside, a transaction sees its own writes; from outside it is all or nothing; a snapshot stands ' +
    'still; and of rivals no update is lost.',

  async run({ memories, check, measured }) {
    await memories.store({ key: 'alice', value: { balance: 1000 } });
    await memories.store({ key: 'bob', value: { balance: 500 } });

    await memories.runTransaction(async ({ memories: inside }) => {
      await inside.increment({ by: { key: 'alice' }, path: 'balance', amount: -200 });
      await inside.increment({ by: { key: 'bob' }, path: 'balance', amount: 200 });
      const { hits } = await inside.recall({ query: 'alice' });
      check(
        'inside, the transfer is already seen, by reads and by recall',
        (await balance(inside, 'alice')) === 800 && hits.length > 0,
      );
      check(
        'from outside, nothing of it is seen before the commit',
        (await balance(memories, 'alice')) === 1000 && (await balance(memories, 'bob')) === 500,
      );
    });
    const [alice, bob] = await Promise.all([balance(memories, 'alice'), balance(memories, 'bob')]);
    check(
      'after the commit both sides are there, and no money was made',
      alice === 800 && bob === 700,
      { alice, bob },
    );

    const snapshot = await memories.beginTransaction({ isolation: 'REPEATABLE_READ' });
    const committed = await memories.beginTransaction({ isolation: 'READ_COMMITTED' });
    const before = await balance(snapshot.memories, 'bob');
    await memories.increment({ by: { key: 'bob' }, path: 'balance', amount: 1 });
    check(
      'REPEATABLE READ: a snapshot does not move when another one commits',
      (await balance(snapshot.memories, 'bob')) === before,
    );
    check(
      'READ COMMITTED: the newest commit is seen',
      (await balance(committed.memories, 'bob')) === before + 1,
    );
    await snapshot.rollback();
    await committed.rollback();

    await memories.store({ key: 'counter', value: 0 });
    const outcomes = await Promise.all(
      Array.from({ length: RIVALS }, () =>
        memories.runTransaction(
          async ({ memories: inside }) => {
            const counter = await inside.get({ key: 'counter' });
            await inside.update({ by: { key: 'counter' }, value: Number(counter?.value) + 1 });
          },
          { isolation: 'SERIALIZABLE', maxRetries: 100 },
        ),
      ),
    );
    const counter = (await memories.get({ key: 'counter' }))?.value;
    check(
      `SERIALIZABLE: ${RIVALS} rivals read and then write one counter, and it ends at ${RIVALS}`,
      counter === RIVALS,
      counter,
    );
    const retries = outcomes.reduce((sum, outcome) => sum + outcome.retries, 0);
    measured({
      name: 'retries',
      value: retries,
      text: `${retries} conflicts were noticed and run again by themselves`,
    });

    const { steps } = await memories.transact([
      { assert: { by: { key: 'carol' }, version: 0 } },
      { store: { key: 'carol', value: { balance: 0 } } },
      { increment: { by: { key: 'carol' }, path: 'balance', amount: 5 } },
    ]);
    check('a list of steps in one call is a transaction too', steps[2]?.memory?.version === 2);
  },
};

async function balance(memories: MemoryOperations, key: string): Promise<number> {
  const memory = await memories.get({ key });
  return (memory?.value as { readonly balance: number } | undefined)?.balance ?? Number.NaN;
}
