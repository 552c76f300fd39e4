import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LinkKind, LinkMemoriesInput } from '../generated/graphql.ts';
import {
  DeleteRelated,
  LinkMemories,
  LinkTwice,
  RelatedMemories,
  StoreWithoutDuplicates,
  TransactLinks,
  UnlinkMemories,
} from '../support/link-documents.graphql.ts';
import { type ListeningServer, listen } from '../support/shared-server.ts';
import { expectType, request, send } from '../support/test-client.ts';
import { TransactionClient } from '../support/transaction-client.ts';
import { StoreMemories } from '../support/write-documents.graphql.ts';

const TEXT = 'kim drinks green tea in the morning';

describe('links over HTTP', () => {
  let server: ListeningServer;
  let url: string;
  let run = 0;
  /** A key that only this test uses. */
  const own = (name: string): string => `${name}-${run}`;
  const input = (from: string, kind: LinkKind, to: string): LinkMemoriesInput => ({
    from: { key: own(from) },
    kind,
    to: { key: own(to) },
  });
  const related = async (name: string, variables: object = {}): Promise<readonly string[]> => {
    const { memory } = await request(url, RelatedMemories, { key: own(name), ...variables });
    return (memory?.related ?? [])
      .map((one) => `${one.kind} ${one.direction} ${one.memory.key.split('-')[0]}`)
      .sort();
  };
  beforeAll(async () => {
    server = await listen();
    url = server.url;
  });
  beforeEach(async () => {
    run += 1;
    const items = ['a', 'b', 'c'].map((name) => ({ key: own(name), value: `${name} of ${run}` }));
    await request(url, StoreMemories, { input: { items } });
  });
  afterAll(() => server.stop());

  it('are made, shown from both ends and removed', async () => {
    const made = await request(url, LinkMemories, { input: input('a', 'SUPERSEDES', 'b') });
    const payload = expectType(made.linkMemories, 'LinkMemoriesPayload');
    expect(payload).toMatchObject({
      kind: 'SUPERSEDES',
      changed: true,
      replayed: false,
      from: { key: own('a'), version: 1 },
      to: { key: own('b') },
    });
    await request(url, LinkMemories, { input: input('c', 'RELATES', 'b') });
    expect(await related('b')).toEqual(['RELATES MUTUAL c', 'SUPERSEDES INCOMING a']);
    expect(await related('b', { kinds: ['SUPERSEDES'] })).toEqual(['SUPERSEDES INCOMING a']);
    expect(await related('b', { direction: 'OUTGOING' })).toEqual(['RELATES MUTUAL c']);
    expect(await related('b', { first: 1 })).toHaveLength(1);
    const { memory } = await request(url, RelatedMemories, { key: own('a') });
    expect(memory?.related).toMatchObject([
      { source: 'LINK', since: payload.since, similarity: null },
    ]);
    expect(memory?.related[0]?.memory.related).toHaveLength(2);
    const gone = await request(url, UnlinkMemories, { input: input('a', 'SUPERSEDES', 'b') });
    expect(gone.unlinkMemories).toMatchObject({ changed: true, since: payload.since });
    const again = await request(url, UnlinkMemories, { input: input('a', 'SUPERSEDES', 'b') });
    expect(again.unlinkMemories).toMatchObject({ changed: false, since: null });
  });

  it('refuse what is not there, themselves, circles and foreign ids', async () => {
    await request(url, LinkMemories, { input: input('a', 'SUPERSEDES', 'b') });
    const answer = async (wrong: LinkMemoriesInput) =>
      (await request(url, LinkMemories, { input: wrong })).linkMemories;
    expect(await answer(input('a', 'RELATES', 'missing'))).toMatchObject({
      __typename: 'NotFoundError',
      code: 'NOT_FOUND',
    });
    for (const wrong of [input('a', 'RELATES', 'a'), input('b', 'SUPERSEDES', 'a')])
      expect(await answer(wrong)).toMatchObject({ __typename: 'ValidationError', path: ['to'] });
    expect(await answer({ ...input('a', 'RELATES', 'b'), from: { id: 'nonsense' } })).toMatchObject(
      { __typename: 'ValidationError', path: ['from', 'id'] },
    );
  });

  it('replay an idempotent request', async () => {
    const once = { ...input('a', 'DERIVED_FROM', 'b'), idempotencyKey: own('key') };
    await request(url, LinkMemories, { input: once });
    const { linkMemories } = await request(url, LinkMemories, { input: once });
    expect(linkMemories).toMatchObject({ replayed: true, changed: true });
    const other = { ...input('a', 'DERIVED_FROM', 'c'), idempotencyKey: own('key') };
    const { linkMemories: refused } = await request(url, LinkMemories, { input: other });
    expect(refused?.__typename).toBe('IdempotencyMismatchError');
  });

  it('of a memory that was deleted are none', async () => {
    await request(url, LinkMemories, { input: input('a', 'RELATES', 'b') });
    const { deleteMemory } = await request(url, DeleteRelated, { key: own('a') });
    expect(expectType(deleteMemory, 'DeleteMemoryPayload').deleted.related).toEqual([]);
    expect(await related('b')).toEqual([]);
  });

  it('inside of an interactive transaction are its own until it commits', async () => {
    const transaction = await TransactionClient.begin(url, { isolation: 'SERIALIZABLE' });
    await transaction.request(LinkMemories, { input: input('a', 'RELATES', 'b') });
    const inside = await transaction.request(RelatedMemories, { key: own('b') });
    expect(inside.memory?.related.map((one) => one.memory.key)).toEqual([own('a')]);
    expect(await related('b')).toEqual([]);
    await transaction.commit();
    expect(await related('b')).toEqual(['RELATES MUTUAL a']);
  });

  it('of a document with @transaction happen all or not at all', async () => {
    const [first, wrong] = [input('a', 'RELATES', 'b'), input('a', 'RELATES', 'missing')];
    const { errors } = await send(url, LinkTwice, { first, second: wrong });
    expect(errors).toMatchObject([{ path: ['second'], extensions: { code: 'NOT_FOUND' } }]);
    expect(await related('a')).toEqual([]);
    const done = await request(url, LinkTwice, { first, second: input('a', 'RELATES', 'c') });
    const { to } = expectType(done.first, 'LinkMemoriesPayload');
    expect(to.related.map(({ memory }) => memory.key)).toEqual([own('a')]);
    expect(await related('a')).toEqual(['RELATES MUTUAL b', 'RELATES MUTUAL c']);
  });

  it('are steps of transact', async () => {
    const { transact } = await request(url, TransactLinks, {
      input: {
        operations: [
          { store: { key: own('new'), value: 1 } },
          { link: input('new', 'SUPERSEDES', 'a') },
          { savepoint: 's' },
          { link: input('new', 'RELATES', 'b') },
          { rollbackTo: 's' },
          { unlink: input('new', 'RELATES', 'b') },
        ],
      },
    });
    const { steps } = expectType(transact, 'TransactPayload');
    expect(steps.map((step) => [step.operation, step.rolledBack, step.link?.changed])).toEqual([
      ['STORE', false, undefined],
      ['LINK', false, true],
      ['SAVEPOINT', false, undefined],
      ['LINK', true, undefined],
      ['ROLLBACK_TO', false, undefined],
      ['UNLINK', false, false],
    ]);
    expect(steps[1]?.link).toMatchObject({
      kind: 'SUPERSEDES',
      from: { key: own('new') },
      to: { key: own('a') },
    });
    expect(await related('new')).toEqual(['SUPERSEDES OUTGOING a']);
    const circle = await request(url, TransactLinks, {
      input: {
        operations: [
          { link: input('b', 'SUPERSEDES', 'c') },
          { link: input('a', 'SUPERSEDES', 'new') },
        ],
      },
    });
    expect(circle.transact).toMatchObject({
      __typename: 'TransactionAbortedError',
      failedIndex: 1,
      cause: { code: 'VALIDATION' },
    });
    expect(await related('b')).toEqual([]);
  });

  it('duplicates are reported, returned or superseded', async () => {
    const store = async (name: string, onDuplicate: 'KEEP' | 'RETURN_EXISTING' | 'SUPERSEDE') => {
      const persona = own('persona');
      const answer = await request(url, StoreWithoutDuplicates, {
        input: { key: own(name), value: TEXT, persona, onDuplicate },
      });
      return expectType(answer.storeMemory, 'WritePayload');
    };
    expect(await store('first', 'RETURN_EXISTING')).toMatchObject({
      created: true,
      duplicates: [],
    });
    const found = { key: own('first'), similarity: 1, exact: true };
    expect(await store('second', 'RETURN_EXISTING')).toMatchObject({
      created: false,
      memory: { key: own('first') },
      duplicates: [{ ...found, memory: { key: own('first'), value: TEXT } }],
    });
    expect(await store('third', 'KEEP')).toMatchObject({ created: true, duplicates: [found] });
    expect((await store('fourth', 'SUPERSEDE')).duplicates).toHaveLength(2);
    expect(await related('fourth')).toEqual([
      'SUPERSEDES OUTGOING first',
      'SUPERSEDES OUTGOING third',
    ]);
    const { transact } = await request(url, TransactLinks, {
      input: {
        operations: [
          {
            store: {
              key: own('fifth'),
              value: TEXT,
              persona: own('persona'),
              onDuplicate: 'RETURN_EXISTING',
            },
          },
        ],
      },
    });
    expect(expectType(transact, 'TransactPayload').steps).toMatchObject([
      { memory: { key: own('fourth') }, duplicates: [{ key: own('fourth'), exact: true }] },
    ]);
  });
});
