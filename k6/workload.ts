/*
 * What the load scripts store and ask, for k6 and for autocannon. Nothing here belongs to either.
 */

const split = (words: string): readonly string[] => words.trim().split(/\s+/);

const TOPICS = split(`
  deployment billing onboarding latency invoice kitchen garden travel security backup compiler vaccine budget
  calendar recipe warranty contract piano marathon telescope insurance network database interview holiday
`);
const HEADS = split(
  'amber brisk cedar cobalt coral dusky ember flint frost ginger hazel indigo ivory jade linen',
);
const TAILS = split(
  'anchor basin beacon bridge canyon cliff delta falcon forge glade harbor island lagoon meadow orchard',
);
const PERSONAS = split('athena artemis hestia bellona seshat');
/** Each stands for a section. */
const KEY_KINDS = split('working_ episode_ fact_ procedure_');

/** About 300 bytes; `index` decides everything, so that a run can be repeated. */
export function memoryOf(prefix: string, index: number) {
  const [topic, project, persona] = [topicOf(index), projectOf(index), personaOf(index)];
  return {
    // The kind is told by the section, since the key begins with the prefix of the run.
    key: `${prefix}${at(KEY_KINDS, index)}${topic}_${project}_${index}`,
    value: {
      text: `Note ${index} about the ${topic} of ${project}: ${persona} compared three ways, chose the second, and wrote down why it costs less and who has to be asked before it changes again.`,
    },
    section: at(
      ['WORKING_MEMORY', 'EPISODIC_MEMORY', 'SEMANTIC_MEMORY', 'PROCEDURAL_MEMORY'],
      index,
    ),
    persona,
    importance: (index % 10) / 10,
    tags: [topic],
  };
}

/** A rare word, a common one, or a sentence. */
export function questionOf(index: number): string {
  const [topic, project] = [topicOf(index), projectOf(index * 7)];
  if (index % 3 === 0) return project;
  if (index % 3 === 1) return topic;
  return `what did ${personaOf(index)} decide about the ${topic} of ${project}`;
}

export function taskOf(index: number) {
  return {
    persona: personaOf(index),
    task: `prepare the ${topicOf(index)} of ${projectOf(index)}`,
  };
}

export function topicOf(index: number): string {
  return at(TOPICS, index);
}

/** The mixed load: 70 % recall, 20 % store, 10 % context. `random` is 0 to 1. */
export function mixedKind(random: number): 'recall' | 'store' | 'context' {
  if (random < 0.7) return 'recall';
  return random < 0.9 ? 'store' : 'context';
}

function projectOf(index: number): string {
  return `${at(HEADS, index)}${at(TAILS, Math.floor(index / HEADS.length))}`;
}

function personaOf(index: number): string {
  return at(PERSONAS, index);
}

/** Goes round in the list. */
function at(list: readonly string[], index: number): string {
  return list[index % list.length] ?? '';
}
