import { describe, expect, it, onTestFinished } from 'vitest';
import { PersonaNames } from '../../src/engine/persona-names.ts';
import { type MemorySpace, storing } from '../support/memory-space.ts';
import { openTestSpace } from '../support/open-test-backend.ts';

interface Known {
  readonly space: MemorySpace;
  readonly names: PersonaNames;
}

/** A store with memories of these personas, whose commits the names follow. */
async function open(...personas: readonly string[]): Promise<Known> {
  const space = await openTestSpace('sqlite_sync');
  const names = new PersonaNames(space.backend, 60_000);
  onTestFinished(space.backend.onCommit((commit) => names.onCommit(commit)));
  if (personas.length > 0)
    await space.write(personas.map((persona, index) => storing(`k${index}`, 1, { persona })));
  return { space, names };
}

describe('names of personas in a query', () => {
  it.each<[string, readonly string[], string]>([
    ['What does Ada play?', ['Ada'], 'What does  play?'],
    ['ADA and bob', ['Ada', 'Bob'], 'and'],
    ["ada's piano", ['Ada'], "'s piano"],
    ['Adam plays', [], 'Adam plays'],
    ['Jean-Luc Picard spoke', ['Jean Luc Picard'], '-  spoke'],
    ['jean luc spoke', [], 'jean luc spoke'],
    ['Ａｄａ plays', ['Ada'], 'plays'],
    ['José plays', ['José'], 'plays'],
    ['Jose\u0301 plays', ['José'], 'plays'],
    ['Ada', ['Ada'], 'Ada'],
    ['Ada Bob!', ['Ada', 'Bob'], 'Ada Bob!'],
    ['', [], ''],
    ['?!', [], '?!'],
    ['花子 の ピアノ', ['花子'], 'の ピアノ'],
  ])('%j: %j', async (query, named, rest) => {
    const { space, names } = await open('Ada', 'Bob', 'Jean Luc Picard', 'José', '花子');
    const found = await names.find(space.namespace, query);
    expect([...found.named].sort()).toEqual([...named].sort());
    expect(found.rest).toBe(rest);
  });

  it('are told as stored, all that are spelled alike, with their folded words', async () => {
    const { space, names } = await open('Ada', 'ADA', 'Ada Lovelace');
    const found = await names.find(space.namespace, 'where is ada lovelace');
    expect([...found.named].sort()).toEqual(['ADA', 'Ada', 'Ada Lovelace']);
    expect([...found.words].sort()).toEqual(['ada', 'lovelace']);
    expect(found.rest).toBe('where is');
  });

  it('belong to their namespace', async () => {
    const { names } = await open('Ada');
    expect(await names.find('elsewhere', 'Ada plays')).toEqual({
      named: [],
      words: new Set(),
      rest: 'Ada plays',
    });
  });

  it('are known with the commit that makes them, before and after the first query', async () => {
    const { space, names } = await open();
    expect((await names.find(space.namespace, 'Ada plays')).named).toEqual([]);
    await space.store('a', 1, { persona: 'Ada' });
    expect((await names.find(space.namespace, 'Ada plays')).named).toEqual(['Ada']);
    const [, found] = await Promise.all([
      space.store('b', 1, { persona: 'Bob' }),
      names.find(space.namespace, 'Bob plays'),
    ]);
    expect(found.rest).toMatch(/plays$/);
    expect((await names.find(space.namespace, 'Bob plays')).named).toEqual(['Bob']);
  });

  it('are read again after a read that failed', async () => {
    const { space } = await open('Ada');
    let failures = 1;
    const names = new PersonaNames(
      Object.assign(Object.create(space.backend), {
        read: (...args: Parameters<typeof space.backend.read>) => {
          failures -= 1;
          if (failures >= 0) return Promise.reject(new Error('no luck'));
          return space.backend.read(...args);
        },
      }),
      60_000,
    );
    await expect(names.find(space.namespace, 'Ada plays')).rejects.toThrow('no luck');
    expect((await names.find(space.namespace, 'Ada plays')).named).toEqual(['Ada']);
  });

  it('that consist of signs alone are never found', async () => {
    const { space, names } = await open('!!!');
    expect((await names.find(space.namespace, 'wow !!!')).named).toEqual([]);
  });
});
