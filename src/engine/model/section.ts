/** The eight sections of a Trinitas memory (v4 names). */
export const SECTIONS = [
  'working_memory',
  'episodic_memory',
  'semantic_memory',
  'procedural_memory',
  'cache',
  'learning_data',
  'pattern_storage',
  'performance_metrics',
] as const;

export type Section = (typeof SECTIONS)[number];

/** Sections whose vectors are published to Chroma. */
export const PUBLISHED_SECTIONS = [
  'semantic_memory',
  'learning_data',
  'episodic_memory',
] as const satisfies readonly Section[];

export type PublishedSection = (typeof PUBLISHED_SECTIONS)[number];
