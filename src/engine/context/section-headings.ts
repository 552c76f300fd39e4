import type { Section } from '../model/section.ts';

/**
 * The sections that a packed context draws from, in the order in which they stand in the text. What the persona has in
 * hand comes last, next to the question: models use the two ends of a long context better than its middle (Liu et al.
 * 2023, "Lost in the Middle").
 */
const HEADINGS: ReadonlyMap<Section, string> = new Map([
  ['semantic_memory', '## Facts\n'],
  ['procedural_memory', '## Procedures\n'],
  ['episodic_memory', '## Episodes\n'],
  ['working_memory', '## Working memory\n'],
]);
const ORDER: readonly Section[] = [...HEADINGS.keys()];
const OTHERS = '## Others\n';

/** The line above the memories of a section, with its line feed. */
export function sectionHeading(section: Section): string {
  return HEADINGS.get(section) ?? OTHERS;
}

/** Where a section stands in the text. */
export function sectionRank(section: Section): number {
  return ORDER.indexOf(section);
}
