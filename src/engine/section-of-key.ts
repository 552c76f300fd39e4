import type { Section } from './model/section.ts';

const SECTION_OF_PREFIX: readonly (readonly [Section, readonly string[]])[] = [
  ['working_memory', ['working_', 'temp_', 'current_', 'active_']],
  ['episodic_memory', ['episode_', 'event_', 'session_', 'interaction_']],
  ['semantic_memory', ['knowledge_', 'fact_', 'concept_', 'definition_']],
  ['procedural_memory', ['procedure_', 'howto_', 'method_', 'process_']],
  ['cache', ['cache_', 'quick_', 'fast_']],
  ['learning_data', ['learn_', 'model_', 'training_']],
  ['pattern_storage', ['pattern_']],
  ['performance_metrics', ['metric_', 'perf_', 'stats_', 'benchmark_']],
];

/** The section that the prefix of a key names, letter case aside; undefined when it names none. */
export function sectionOfKey(key: string): Section | undefined {
  const lower = key.slice(0, 16).toLowerCase();
  return SECTION_OF_PREFIX.find(([, prefixes]) =>
    prefixes.some((prefix) => lower.startsWith(prefix)),
  )?.[0];
}
