import type { Demonstration } from './demonstration.ts';

const NOTES = [
  {
    key: 'fact_payment_webhooks',
    value: 'Payment webhooks are retried for three days, then parked in the dead letter queue.',
    metadata: { persona: 'athena', importance: 0.9, tags: ['payments'] },
  },
  {
    key: 'fact_invoice_numbers',
    value: 'Invoice numbers are never reused, not even after a cancelled order.',
    metadata: { persona: 'athena', importance: 0.6, tags: ['payments', 'law'] },
  },
  {
    key: 'fact_office_plants',
    value: 'The fern beside the window wants water twice a week.',
    metadata: { persona: 'hestia', importance: 0.2, tags: ['office'] },
  },
];

export const basicOperations: Demonstration = {
  name: 'basic',
  title: 'Basic operations',
  proves:
    'What is stored is there at once: to be read, changed, found by words and by meaning, listed and packed as a context. ' +
    'Nothing that was overwritten or deleted is lost.',

  async run({ memories, check }) {
    const { results } = await memories.storeMany(NOTES);
    const created = results.filter((one) => !(one instanceof Error) && one.created);
    check('three memories are stored in one commit', created.length === 3, created.length);

    const by = { key: 'fact_payment_webhooks' };
    const read = await memories.get(by);
    check(
      'a memory reads back as it was stored, its section derived from its key as in v4',
      read?.value === NOTES[0]?.value && read?.section === 'semantic_memory',
      read?.section,
    );

    const { memory: changed } = await memories.update({
      by,
      metadataPatch: { source: 'runbook' },
      ifVersion: 1,
    });
    check('a patch makes version 2 and leaves the value alone', changed.version === 2);

    const { hits } = await memories.recall({ query: 'what happens to failed payment webhooks' });
    const [best] = hits;
    check(
      'a question in plain words finds it first, with every part of its score explained',
      best?.key === by.key && best.explanation.final === best.score,
      best?.key,
    );

    const { items, total } = await memories.list({
      where: { tags: { any: ['payments'] }, importance: { gte: 0.5 } },
      first: 1,
    });
    check(
      'a filtered list gives its page and the true total',
      items.length === 1 && total === 2,
      total,
    );

    const { packed } = await memories.getContext('athena', 'fix the payment webhooks', {
      budgetTokens: 60,
    });
    check(
      'a context for a persona and a task keeps to its budget of tokens',
      packed !== null && packed.items.length > 0 && packed.tokens <= 60,
      packed?.tokens,
    );

    await memories.delete({ by });
    check('a deleted memory is gone', (await memories.get(by)) === null);
    const { versions } = await memories.history({ by });
    check(
      'and its history still tells all of it: created, updated, deleted',
      versions.map(({ kind }) => kind).join() === 'deleted,updated,created',
      versions.map(({ kind }) => kind),
    );
    const { memory: restored } = await memories.restore({ by, version: 2 });
    check('so that it can be brought back', restored.valueText === changed.valueText);
  },
};
