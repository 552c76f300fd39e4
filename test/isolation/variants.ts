import type { History, Step } from './history.ts';

/** Another way to play the same history, with the same outcome. */
export interface Variant {
  readonly name: string;
  /** Commits that follow each other are made at the same time. */
  readonly together: boolean;
  readonly steps: (history: History) => readonly Step[];
}

export const VARIANTS: readonly Variant[] = [
  { name: 'as it is', together: false, steps: ({ steps }) => steps },
  { name: 'with both commits in one group', together: true, steps: ({ steps }) => steps },
  {
    name: 'with writes rolled back to a savepoint in between',
    together: false,
    steps: ({ steps }) => steps.flatMap((step) => [...spoiled(step), step]),
  },
  {
    name: 'with every write as delete and re-create',
    together: false,
    steps: ({ start, steps }) =>
      steps.flatMap((step, index) => recreated(start, step, steps[index - 1])),
  },
  {
    name: 'with every new memory made, deleted and made again',
    together: true,
    steps: ({ start, steps }) => steps.flatMap((step) => madeTwice(start, step)),
  },
];

/** Whether the variant says anything that the plain history does not. */
export function applies(variant: Variant, history: History): boolean {
  const steps = variant.steps(history);
  const commitsMeet = steps.some(
    (step, index) => step.does === 'commit' && steps[index + 1]?.does === 'commit',
  );
  const changed = steps.length !== history.steps.length;
  return variant.name === 'as it is' || changed || (variant.together && commitsMeet);
}

/** The write is tried and taken back before it is made: with the same footprint, so that conflicts stay the same. */
function spoiled(step: Step): readonly Step[] {
  return 'key' in step && step.does !== 'read'
    ? [{ by: step.by, does: 'spoil', key: step.key }]
    : [];
}

function recreated(start: History['start'], step: Step, before: Step | undefined): readonly Step[] {
  if (step.does !== 'write' || start[step.key] === undefined) return [step];
  if (before?.does === 'delete' && before.key === step.key) return [step];
  return [{ by: step.by, does: 'delete', key: step.key }, step];
}

function madeTwice(start: History['start'], step: Step): readonly Step[] {
  if (step.does !== 'write' || start[step.key] !== undefined) return [step];
  return [step, { by: step.by, does: 'delete', key: step.key }, step];
}
