import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ErrorCode,
  MemorySystemError,
  openEngine,
  parseEngineConfig,
} from '../engine/index.ts';
import type { Demonstration, Stage } from './demonstration.ts';
import { errorOf } from './error-of.ts';

/** A mistake and the code it must be answered with. */
interface Mistake {
  readonly what: string;
  readonly code: ErrorCode;
  make(stage: Stage): Promise<unknown>;
}

const MISTAKES: readonly Mistake[] = [
  {
    what: 'an empty key and an importance of 7, both named in one error',
    code: 'VALIDATION',
    make: ({ memories }) => memories.store({ key: '', value: 1, importance: 7 }),
  },
  {
    what: 'a filter that does not exist',
    code: 'VALIDATION',
    make: ({ memories }) => memories.list({ where: { colour: { eq: 'red' } } }),
  },
  {
    what: 'a change of what is not there',
    code: 'NOT_FOUND',
    make: ({ memories }) => memories.increment({ by: { key: 'nobody' } }),
  },
  {
    what: 'a write over a newer version',
    code: 'VERSION_CONFLICT',
    make: ({ memories }) => memories.update({ by: { key: 'note' }, value: 2, ifVersion: 9 }),
  },
  {
    what: 'a used idempotency key with another request',
    code: 'IDEMPOTENCY_MISMATCH',
    make: async ({ memories }) => {
      await memories.store({ key: 'once', value: 1 }, { idempotencyKey: 'request-1' });
      await memories.store({ key: 'once', value: 2 }, { idempotencyKey: 'request-1' });
    },
  },
  {
    what: 'a transaction that does not exist',
    code: 'TRANSACTION_STATE',
    make: async ({ memories }) => memories.findTransaction('none'),
  },
  {
    what: 'a snapshot that writes what another one has changed',
    code: 'CONFLICT',
    make: async ({ memories }) => {
      const open = await memories.beginTransaction({ isolation: 'REPEATABLE_READ' });
      await open.memories.get({ key: 'note' });
      await memories.update({ by: { key: 'note' }, value: 'changed by another one' });
      await open.memories.update({ by: { key: 'note' }, value: 'changed by the snapshot' });
      await open.commit();
    },
  },
  {
    what: 'a file that another engine has open',
    code: 'CONNECTION',
    make: ({ engine }) =>
      openEngine(parseEngineConfig({ memory: { sqlite_path: engine.options.path } })),
  },
  {
    what: 'a file that is no database',
    code: 'DATA_CORRUPTION',
    make: async ({ directory }) => {
      const path = join(directory, 'letter.db');
      await writeFile(path, 'Dear database, '.repeat(1_000));
      return await openEngine(parseEngineConfig({ memory: { sqlite_path: path } }));
    },
  },
];

export const errorHandling: Demonstration = {
  name: 'errors',
  title: 'Error handling',
  proves:
    'A mistake gets an error of its class, with a stable code, the reason and, where there is one, what to do. Nothing is stored by it.',

  async run(stage) {
    const { engine, memories, check } = stage;
    await memories.store({ key: 'note', value: 'as it was' });
    for (const { what, code, make } of MISTAKES) {
      const error = await errorOf(make(stage));
      check(
        `${code}: ${what}`,
        error instanceof MemorySystemError && error.code === code,
        error ?? 'no error',
      );
    }
    const replay = (idempotencyKey: string) =>
      memories.store({ key: 'retried', value: 'exactly once' }, { idempotencyKey });
    const [first, second] = [await replay('request-2'), await replay('request-2')];
    check(
      'a request that is sent again is answered again, and not done again',
      !first.replayed && second.replayed && second.memory.version === 1,
    );
    check(
      'after all that the engine is well, and only what was rightly written is there',
      engine.health().state === 'OK' && (await memories.status()).totalMemories === 3,
      engine.health(),
    );
  },
};
