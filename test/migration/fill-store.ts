import type { Engine, MemoryOperations } from '../../src/engine/index.ts';

/** Ten years: what expires is still there when the fixture is opened by later versions. */
const FAR_FUTURE_SECONDS = 315_360_000;

/** A value that needs overflow pages. */
const LONG_TEXT = 'The archive keeps every letter of the year. '.repeat(300);

export const NAMESPACES = ['default', 'other'] as const;

/** Fills an empty store with every kind of content that a file can hold, through the operations that users have. */
export async function fillStore(engine: Engine): Promise<void> {
  const memories = engine.namespace('default');
  await storeValues(memories);
  await changeValues(memories);
  await storeConversation(memories);
  await linkMemories(memories);
  await runTransactions(memories);
  await memories.storeResult({ persona: 'hestia', task: 'audit', result: { status: 'ok' } });
  // Same key, other tenant.
  await engine.namespace('other').store({ key: 'fact_owl', value: 'Another owl altogether' });
  // Leaves access statistics.
  await memories.recall({ query: 'owl', mode: 'TEXT' });
}

async function storeValues(memories: MemoryOperations): Promise<void> {
  const values: readonly (readonly [string, string])[] = [
    ['fact_owl', '"The owl hunts at night"'],
    ['episode_flood', '{"text":"The cellar was flooded in March","depth":1.50}'],
    ['howto_bread', '["mix flour and water","wait","bake"]'],
    ['cache_rates', '{"usd":1.08,"jpy":9007199254740993}'],
    ['learn_swim', '{"progress":0.1234567890123456789}'],
    ['pattern_retry', 'true'],
    ['metric_latency', '12.50'],
    ['working_null', 'null'],
    ['working_empty', '""'],
    ['鍵 🗝', '"東京都庁での設計会議は来週です 🦊"'],
    [`quote'"key 100% _like_`, String.raw`"it's \"quoted\" and \u0001 odd"`],
    ['letters', JSON.stringify(LONG_TEXT)],
  ];
  for (const [index, [key, valueText]] of values.entries()) {
    await memories.store({
      key,
      valueText,
      metadata: { type: 'note', place: index, nested: { list: [1, 'two', null] } },
      persona: index % 3 === 0 ? null : index % 3 === 1 ? 'athena' : "o'brien",
      importance: index / values.length,
      tags: index % 2 === 0 ? ['even', `tag ${index}`] : [],
    });
  }
  await memories.store({ key: 'temp_pass', value: 'expires', ttlSeconds: FAR_FUTURE_SECONDS });
}

async function changeValues(memories: MemoryOperations): Promise<void> {
  await memories.store({ key: 'counter', value: { visits: 1, log: [] } });
  await memories.increment({ by: { key: 'counter' }, path: 'visits', amount: 41 });
  await memories.append({ by: { key: 'counter' }, path: 'log', items: ['a', { b: null }] });
  await memories.update({ by: { key: 'fact_owl' }, metadataPatch: { source: 'field book' } });
  await memories.store({ key: 'gone', value: 'deleted for good', tags: ['gone'] });
  await memories.delete({ by: { key: 'gone' } });
  await memories.store({ key: 'back', value: 'first' });
  await memories.delete({ by: { key: 'back' } });
  await memories.restore({ by: { key: 'back' }, version: 1 });
}

async function storeConversation(memories: MemoryOperations): Promise<void> {
  const turns = ['Where did you go in May?', 'To the lighthouse', 'With whom?', 'With my sister'];
  await memories.storeMany(
    turns.map((text, position) => ({
      key: `turn_${position}`,
      value: text,
      metadata: { conversation: 'talk-1', position },
    })),
  );
}

async function linkMemories(memories: MemoryOperations): Promise<void> {
  const at = (key: string): { key: string } => ({ key });
  await memories.link({ from: at('fact_owl'), to: at('howto_bread'), kind: 'relates' });
  await memories.link({ from: at('turn_3'), to: at('turn_1'), kind: 'supersedes' });
  await memories.link({ from: at('working_null'), to: at('working_empty'), kind: 'contradicts' });
  await memories.link({ from: at('letters'), to: at('episode_flood'), kind: 'derived_from' });
}

async function runTransactions(memories: MemoryOperations): Promise<void> {
  await memories.store(IDEMPOTENT.store, { idempotencyKey: IDEMPOTENT.key });
  await memories.transact([
    { store: { key: 'account_alice', value: 800 } },
    { store: { key: 'account_bob', value: 200 } },
  ]);
  await memories.runTransaction(
    async ({ memories: inside }) => {
      await inside.get({ key: 'account_alice' });
      await inside.increment({ by: { key: 'account_alice' }, amount: -100 });
      await inside.increment({ by: { key: 'account_bob' }, amount: 100 });
    },
    { isolation: 'SERIALIZABLE' },
  );
}

/** One write under an idempotency key, to be replayed. */
export const IDEMPOTENT = { key: 'payment-1', store: { key: 'paid', value: 1 } } as const;
