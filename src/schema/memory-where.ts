import { builder } from './builder.ts';
import { SectionEnum } from './enums.ts';

/*
 * The one filter algebra, as input types. The engine validates and compiles it; nothing here interprets it.
 * Two-valued logic: a comparison with something missing is false, and `ne`, `nin` and `not` are exact negations.
 */

const EQ = 'Equal to this; null = is null or missing.';
const NE = 'The exact negation of `eq`: also true where nothing is there.';
const IN = 'Equal to one of these, 1000 at most.';
const NIN = 'The exact negation of `in`.';
const BETWEEN = 'Two bounds, both included: `[low, high]`.';
const EXISTS = 'True: has a value; false: null or missing.';

const StringComparison = builder.inputType('StringComparison', {
  description:
    'Comparisons of text by code point, case-sensitive; several in one object must all hold.',
  fields: (t) => ({
    eq: t.string({ description: EQ }),
    ne: t.string({ description: NE }),
    in: t.stringList({ description: IN }),
    nin: t.stringList({ description: NIN }),
    gt: t.string({ description: 'After this.' }),
    gte: t.string({ description: 'This or after it.' }),
    lt: t.string({ description: 'Before this.' }),
    lte: t.string({ description: 'This or before it.' }),
    between: t.stringList({ description: BETWEEN }),
    contains: t.string({ description: 'Holds this text anywhere; at most 1024 bytes of UTF-8.' }),
    startsWith: t.string({ description: 'Begins with this text.' }),
    exists: t.boolean({ description: EXISTS }),
  }),
});

const FloatComparison = builder.inputType('FloatComparison', {
  description: 'Comparisons of numbers; several in one object must all hold.',
  fields: (t) => ({
    eq: t.float({ description: EQ }),
    ne: t.float({ description: NE }),
    in: t.floatList({ description: IN }),
    nin: t.floatList({ description: NIN }),
    gt: t.float({ description: 'Greater than this.' }),
    gte: t.float({ description: 'This or greater.' }),
    lt: t.float({ description: 'Less than this.' }),
    lte: t.float({ description: 'This or less.' }),
    between: t.floatList({ description: BETWEEN }),
  }),
});

const IntComparison = builder.inputType('IntComparison', {
  description: 'Comparisons of whole numbers; several in one object must all hold.',
  fields: (t) => ({
    eq: t.int({ description: EQ }),
    ne: t.int({ description: NE }),
    in: t.intList({ description: IN }),
    nin: t.intList({ description: NIN }),
    gt: t.int({ description: 'Greater than this.' }),
    gte: t.int({ description: 'This or greater.' }),
    lt: t.int({ description: 'Less than this.' }),
    lte: t.int({ description: 'This or less.' }),
    between: t.intList({ description: BETWEEN }),
  }),
});

const DateTimeComparison = builder.inputType('DateTimeComparison', {
  description: 'Comparisons of moments; several in one object must all hold.',
  fields: (t) => ({
    eq: t.field({ type: 'DateTime', description: EQ }),
    ne: t.field({ type: 'DateTime', description: NE }),
    gt: t.field({ type: 'DateTime', description: 'Later than this.' }),
    gte: t.field({ type: 'DateTime', description: 'This or later.' }),
    lt: t.field({ type: 'DateTime', description: 'Earlier than this.' }),
    lte: t.field({ type: 'DateTime', description: 'This or earlier.' }),
    between: t.field({ type: ['DateTime'], description: BETWEEN }),
    exists: t.boolean({ description: EXISTS }),
  }),
});

const SectionComparison = builder.inputType('SectionComparison', {
  description: 'Comparisons of sections; several in one object must all hold.',
  fields: (t) => ({
    eq: t.field({ type: SectionEnum, description: 'This section.' }),
    ne: t.field({ type: SectionEnum, description: 'Any but this section.' }),
    in: t.field({ type: [SectionEnum], description: 'One of these sections.' }),
    nin: t.field({ type: [SectionEnum], description: 'None of these sections.' }),
  }),
});

const TagComparison = builder.inputType('TagComparison', {
  description: 'Tests of the tags; several in one object must all hold.',
  fields: (t) => ({
    any: t.stringList({ description: 'Has at least one of these tags.' }),
    all: t.stringList({ description: 'Has every one of these tags.' }),
    none: t.stringList({ description: 'Has none of these tags.' }),
  }),
});

const JsonComparison = builder.inputType('JsonComparison', {
  description:
    'Comparisons of one place inside a JSON value. Types must match: text is never equal to a number, ' +
    'and order is defined between numbers and between texts only.',
  fields: (t) => ({
    path: t.string({
      required: true,
      description:
        'Where to look: `user.name`, `items[0]`, `"key.with.dots".x`; empty = the whole value.',
    }),
    eq: t.field({ type: 'JSON', description: 'Equal to this scalar; null = is null or missing.' }),
    ne: t.field({ type: 'JSON', description: NE }),
    in: t.field({ type: ['JSON'], description: IN }),
    nin: t.field({ type: ['JSON'], description: NIN }),
    gt: t.field({ type: 'JSON', description: 'After or greater than this.' }),
    gte: t.field({ type: 'JSON', description: 'This, after it or greater.' }),
    lt: t.field({ type: 'JSON', description: 'Before or less than this.' }),
    lte: t.field({ type: 'JSON', description: 'This, before it or less.' }),
    between: t.field({ type: ['JSON'], description: BETWEEN }),
    contains: t.string({
      description:
        'Is a text that holds this text, or a list with this text as an item; at most 1024 bytes of UTF-8.',
    }),
    startsWith: t.string({ description: 'Is a text that begins with this text.' }),
    exists: t.boolean({ description: EXISTS }),
  }),
});

interface MemoryWhereShape {
  and?: readonly MemoryWhereShape[] | null;
  or?: readonly MemoryWhereShape[] | null;
  not?: MemoryWhereShape | null;
  [field: string]: unknown;
}

/** Recursive, so its shape is given by hand; the engine reads it as data. */
export const MemoryWhere = builder.inputRef<MemoryWhereShape>('MemoryWhere');

MemoryWhere.implement({
  description:
    'A filter. All fields of one object must hold; at most 6 levels of and/or/not and 64 comparisons in all. ' +
    'An empty object matches everything; a field given as null asks for what is null or missing.',
  fields: (t) => ({
    and: t.field({ type: [MemoryWhere], description: 'All of these hold; an empty list is true.' }),
    or: t.field({
      type: [MemoryWhere],
      description: 'At least one of these holds; an empty list is false.',
    }),
    not: t.field({ type: MemoryWhere, description: 'This does not hold.' }),
    key: t.field({ type: StringComparison, description: 'The key.' }),
    section: t.field({ type: SectionComparison, description: 'The section.' }),
    persona: t.field({
      type: StringComparison,
      description: 'The name of the persona; null when nobody in particular.',
    }),
    importance: t.field({ type: FloatComparison, description: 'The importance, 0 to 1.' }),
    version: t.field({ type: IntComparison, description: 'The version, from 1.' }),
    createdAt: t.field({ type: DateTimeComparison, description: 'The moment of the first store.' }),
    updatedAt: t.field({ type: DateTimeComparison, description: 'The moment of the last write.' }),
    accessedAt: t.field({ type: DateTimeComparison, description: 'The moment of the last touch.' }),
    accessCount: t.field({ type: IntComparison, description: 'How often it was recalled.' }),
    expiresAt: t.field({
      type: DateTimeComparison,
      description: 'The moment it expires; missing = never.',
    }),
    tags: t.field({ type: TagComparison, description: 'The tags.' }),
    value: t.field({
      type: [JsonComparison],
      description: 'Places inside the value; all must hold.',
    }),
    metadata: t.field({
      type: [JsonComparison],
      description: 'Places inside the metadata; all must hold.',
    }),
  }),
});
