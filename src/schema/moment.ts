import { builder } from './builder.ts';

/** The argument `asOf` of reads. */
export const MomentInput = builder.inputType('Moment', {
  isOneOf: true,
  description:
    'A moment of the past: exactly one of the two. It must lie within what the change log still covers, else VALIDATION says from when on.',
  fields: (t) => ({
    at: t.field({
      type: 'DateTime',
      description:
        'The state after the last commit that is not younger than this; not in the future.',
    }),
    cursor: t.field({
      type: 'ChangeCursor',
      description: 'The state after the commit of this change: exact, and the same for ever.',
    }),
  }),
});
