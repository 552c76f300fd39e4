import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { V4Manager } from '../baseline/v4-manager.ts';
import { type MemoryOperations, openEngine, parseEngineConfig } from '../engine/index.ts';
import type { Demonstration, Stage } from './demonstration.ts';
import { inTurns, type Rounds } from './in-turns.ts';

/** Calls kept open at once. */
const CALLERS = 128;
const RECALLS = 100;
const NAMESPACE = 'default';
/** Stores below which one disturbance of the machine decides a round. */
const MIN_JUDGED = 1_000;
/** f_type of a file system in memory, where an fsync, which v4 makes for every store, costs nothing. */
const TMPFS_MAGIC = 0x01021994;
/** Recall is asked of so many times the stored memories: that is where a scan of all keys begins to hurt. */
const RECALL_FACTOR = 10;
/** Largest batch of the API. */
const BATCH = 1_000;
const split = (words: string): readonly string[] => words.trim().split(/\s+/);
/** Themes: each in one of twenty-four memories. */
const TOPICS = split(`
  billing garden latency vaccine contract telescope recipe backup calendar compiler deployment festival
  holiday insurance interview kitchen lecture marathon network password pottery printer sailing warranty
`);
/** Halves of 400 project names, as amberharbor: each in one of 400 memories. */
const HEADS = split(`
  amber brisk cedar cobalt coral dusky ember flint frost ginger hazel indigo ivory jade linen lunar maple
  olive quartz violet
`);
const TAILS = split(`
  anchor basin beacon bridge canyon cliff delta falcon forge glade harbor island lagoon meadow orchard
  prairie raven spring summit tower
`);

export const performanceDemonstration: Demonstration = {
  name: 'performance',
  title: 'Performance',
  proves:
    "Durable stores of many callers, and recall, measured here and now against a port of v4's synchronous manager: in turns, on the " +
    'same disk, the middle of several rounds. v4 indexed no text and kept no history; ours does both within the same commit.',

  async run(stage) {
    const v4 = new V4Manager(join(stage.directory, 'v4.db'));
    try {
      const stored = await withMemories(stage, async (memories, commits) => {
        const total = await compareStores(stage, memories, v4);
        const made = await commits();
        stage.check(
          `${total} acknowledged stores took fewer commits than stores; v4 makes one for each`,
          made > 0 && made < total,
          made,
        );
        return await compareRecalls(stage, memories, v4, total);
      });
      await withMemories(stage, async (memories) => {
        const { totalMemories } = await memories.status();
        stage.check(
          `closed and opened again, all ${stored} acknowledged memories are there`,
          totalMemories === stored,
          totalMemories,
        );
      });
    } finally {
      v4.close();
    }
  },
};

async function withMemories<T>(
  { directory }: Stage,
  use: (memories: MemoryOperations, commits: () => Promise<number>) => Promise<T>,
): Promise<T> {
  const engine = await openEngine(
    // Without the operation cache, so that every recall is searched for, as in v4.
    parseEngineConfig({ memory: { sqlite_path: join(directory, 'ours.db'), cache_size: 0 } }),
  );
  try {
    return await use(
      engine.namespace(NAMESPACE),
      async () => (await engine.statistics()).backend.groups.groups,
    );
  } finally {
    await engine.close();
  }
}

/** Returns how many each of the two has stored. */
async function compareStores(
  stage: Stage,
  memories: MemoryOperations,
  v4: V4Manager,
): Promise<number> {
  const numbers = { ours: 0, v4: 0 };
  const rounds = await inTurns({
    operations: stage.size,
    callers: CALLERS,
    signal: stage.signal,
    ours: () => {
      numbers.ours += 1;
      return memories.store(noteOf(numbers.ours));
    },
    v4: () => {
      numbers.v4 += 1;
      const { key, value, metadata } = noteOf(numbers.v4);
      return v4.store(key, value, metadata);
    },
  });
  tell(stage, 'store', `durable stores by ${CALLERS} callers`, rounds);
  const excuse = await whyNotJudged(stage);
  if (excuse === null)
    stage.check('ours stores more in the same time', rounds.ratio > 1, rounds.ratio);
  else stage.measured({ name: 'notJudged', value: 1, text: `the ratio is not judged: ${excuse}` });
  return numbers.ours;
}

/** null when the ratio of the stores means something here. */
async function whyNotJudged({ directory, size }: Stage): Promise<string | null> {
  if (size < MIN_JUDGED) return `fewer than ${MIN_JUDGED} stores are over too soon`;
  const { type } = await statfs(directory);
  return type === TMPFS_MAGIC
    ? 'the database is in memory, where durability costs nothing; name a --db on a disk'
    : null;
}

async function compareRecalls(
  stage: Stage,
  memories: MemoryOperations,
  v4: V4Manager,
  stored: number,
): Promise<number> {
  const total = stored * RECALL_FACTOR;
  await fill(stage, memories, v4, stored, total);
  const search = async (query: string) =>
    (await memories.recall({ query, mode: 'TEXT', touch: false })).hits.length;
  // Common and rare words in turns.
  const wordAt = (index: number) => (index % 2 === 0 ? topicOf : projectOf)(index * 7);
  const rounds = await inTurns({
    operations: RECALLS,
    callers: 1,
    signal: stage.signal,
    ours: (index) => search(wordAt(index)),
    v4: (index) => v4.recall(wordAt(index)),
  });
  tell(stage, 'recall', `recalls by a word among ${total.toLocaleString('en-US')}`, rounds);
  const question = 'what was decided about the telescope';
  const [found, before] = [await search(question), (await v4.recall(question)).length];
  stage.check(
    'a question in plain words finds memories; v4 looked for it literally in the keys and found none',
    found > 0 && before === 0,
    { ours: found, v4: before },
  );
  return total;
}

async function fill(
  { signal }: Stage,
  memories: MemoryOperations,
  v4: V4Manager,
  stored: number,
  total: number,
): Promise<void> {
  for (let start = stored; start < total; start += BATCH) {
    signal.throwIfAborted();
    const length = Math.min(BATCH, total - start);
    const items = Array.from({ length }, (_, index) => noteOf(start + 1 + index));
    await memories.storeMany(items);
    v4.fill(items);
  }
  await memories.indexed();
}

function tell(
  { measured }: Stage,
  name: string,
  what: string,
  { oursPerSecond, v4PerSecond, ratio }: Rounds,
): void {
  const figures = [oursPerSecond, v4PerSecond].map((value) =>
    Math.round(value).toLocaleString('en-US'),
  );
  measured({
    name: `${name}Ratio`,
    value: ratio,
    text: `${what}: ${figures[0]}/s, v4 ${figures[1]}/s, that is ${ratio.toFixed(1)} times`,
  });
}

function topicOf(index: number): string {
  return TOPICS[index % TOPICS.length] ?? '';
}

function projectOf(index: number): string {
  const head = HEADS[index % HEADS.length];
  return `${head}${TAILS[Math.floor(index / HEADS.length) % TAILS.length]}`;
}

function noteOf(index: number) {
  const [topic, project] = [topicOf(index), projectOf(index)];
  return {
    key: `knowledge_${topic}_${project}_${index}`,
    value: {
      text: `Meeting ${index} of ${project}: the team decided about the ${topic} and wrote down why, who does it, and until when.`,
    },
    metadata: { persona: 'athena', importance: (index % 10) / 10, type: 'note' },
  };
}
