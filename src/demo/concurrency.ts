import type { Demonstration } from './demonstration.ts';
import { errorOf } from './error-of.ts';

/** Callers who want the same name at once. */
const CLAIMANTS = 50;

export const concurrency: Demonstration = {
  name: 'concurrency',
  title: 'Concurrent operations',
  proves:
    'Callers at once share one fsync (group commit) and lose nothing: no increment, no order of changes, no race for a name.',

  async run({ engine, memories, size, check, measured }) {
    const { backend: before } = await engine.statistics();

    await memories.store({ key: 'visits', value: 0 });
    await Promise.all(
      Array.from({ length: size }, () => memories.increment({ by: { key: 'visits' } })),
    );
    const visits = (await memories.get({ key: 'visits' }))?.value;
    check(`${size} increments at once make ${size}`, visits === size, visits);

    const claims = await Promise.all(
      Array.from({ length: CLAIMANTS }, (_, index) =>
        errorOf(memories.store({ key: 'leader', value: index, ifVersion: 0 })),
      ),
    );
    const winners = claims.filter((error) => error === null).length;
    check(`${CLAIMANTS} agents want to be the leader: exactly one is`, winners === 1, winners);

    await Promise.all([
      ...Array.from({ length: size }, (_, index) =>
        memories.store({ key: `event_${index}`, value: { index } }),
      ),
      ...Array.from({ length: size }, () => memories.list({ first: 5, withTotal: false })),
    ]);
    const { total } = await memories.list({ where: { key: { startsWith: 'event_' } }, first: 1 });
    check(`${size} stores while ${size} lists are read: all are there`, total === size, total);

    const { backend: after } = await engine.statistics();
    const units = after.groups.units - before.groups.units;
    const commits = after.groups.groups - before.groups.groups;
    check(
      `${units} acknowledged changes took fewer commits than changes`,
      commits > 0 && commits < units,
      commits,
    );
    measured({
      name: 'changesPerCommit',
      value: units / commits,
      text: `${units} changes in ${commits} commits: ${(units / commits).toFixed(1)} share one fsync`,
    });

    const { versions } = await memories.history({ by: { key: 'visits' }, first: 100 });
    check(
      'the log has every version of the counter in order, without a gap',
      versions.length > 0 &&
        versions.every(({ memory }, index) => memory.version === size + 1 - index),
    );
  },
};
