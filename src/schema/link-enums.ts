import { builder } from './builder.ts';

export const LinkKindEnum = builder.enumType('LinkKind', {
  description: 'How two memories are linked, read from the first to the second.',
  values: {
    RELATES: { value: 'relates', description: 'Has to do with it; holds in both directions.' },
    SUPERSEDES: {
      value: 'supersedes',
      description:
        'Replaces it: the second one is hidden from recall as long as the first is there. Never in a circle.',
    },
    CONTRADICTS: {
      value: 'contradicts',
      description: 'Says the opposite; holds in both directions.',
    },
    DERIVED_FROM: { value: 'derived_from', description: 'Was made out of it.' },
  } as const,
});

export const LinkDirectionEnum = builder.enumType('LinkDirection', {
  description: 'Where a link goes, seen from the memory it was asked for.',
  values: {
    OUTGOING: { description: 'To the other memory.' },
    INCOMING: { description: 'From the other memory.' },
    MUTUAL: { description: 'Both: RELATES and CONTRADICTS.' },
  } as const,
});

export const RelatedDirectionEnum = builder.enumType('RelatedDirection', {
  description: 'Which links are followed; those that hold in both directions always are.',
  values: {
    OUTGOING: { description: 'Those that go to other memories.' },
    INCOMING: { description: 'Those that come from other memories.' },
  } as const,
});

export const RelatedByEnum = builder.enumType('RelatedBy', {
  description: 'By what memories are related.',
  values: {
    LINKS: { description: 'By links, the newest first.' },
    SIMILARITY: {
      description:
        'By the likeness of their vectors, the most similar first; superseded memories are left out. Refused while the memory has no ' +
        'vector, see `embedding`, and inside a transaction.',
    },
  } as const,
});

export const RelationSourceEnum = builder.enumType('RelationSource', {
  description: 'What makes two memories related.',
  values: {
    LINK: { description: 'A link that somebody made.' },
    SIMILARITY: { description: 'They say similar things.' },
  } as const,
});

export const DuplicatePolicyEnum = builder.enumType('DuplicatePolicy', {
  description:
    'What to do when other memories of the same section and persona say the same under other keys. The same: but for case, ' +
    'white space and compatible characters; nearly the same: nine tenths of all words are in both, and the same numbers. ' +
    'Superseded memories do not count, and a store to a key that exists is an update, which looks for none.',
  values: {
    KEEP: { value: 'keep', description: 'Store it, and report them.' },
    RETURN_EXISTING: {
      value: 'return_existing',
      description: 'Store nothing and answer the best one of them; without any, store it.',
    },
    SUPERSEDE: {
      value: 'supersede',
      description: 'Store it and link it to each of them with SUPERSEDES.',
    },
  } as const,
});
