import { readSection } from './field-rules.ts';
import type { IssueCollector } from './issue-collector.ts';
import type { Section } from './model/section.ts';
import { sectionOfKey } from './section-of-key.ts';

const SECTION_OF_TYPE: readonly (readonly [Section, readonly string[]])[] = [
  ['working_memory', ['working', 'temp']],
  ['episodic_memory', ['episode', 'event', 'execution_result']],
  ['semantic_memory', ['knowledge', 'semantic', 'fact']],
  ['procedural_memory', ['procedure', 'howto']],
  ['learning_data', ['learn']],
  ['pattern_storage', ['pattern']],
  ['performance_metrics', ['metric', 'performance']],
];

/**
 * The section of a memory whose caller names none; first match wins: `metadata.section` (an unknown one is an issue),
 * the prefix of the key, what `metadata.type` contains, working_memory. Letter case matters only for metadata.section.
 */
export function inferSection(
  issues: IssueCollector,
  key: string,
  metadata: Readonly<Record<string, unknown>>,
  metadataPath: readonly string[],
): Section {
  const named = metadata['section'];
  if (named !== undefined && named !== null)
    return readSection(issues, named, [...metadataPath, 'section']);
  return sectionOfKey(key) ?? sectionOfType(metadata['type']) ?? 'working_memory';
}

function sectionOfType(type: unknown): Section | undefined {
  if (typeof type !== 'string') return undefined;
  const lower = type.toLowerCase();
  return SECTION_OF_TYPE.find(([, words]) => words.some((word) => lower.includes(word)))?.[0];
}
