import type { Scope } from './engine-parts.ts';
import { readText } from './field-rules.ts';
import { IssueCollector } from './issue-collector.ts';
import { list } from './namespace-list.ts';
import { recall } from './namespace-recall.ts';
import type { AgentContext } from './operations.ts';

/** v4's numbers. */
const WORKING_MEMORIES = 5;
const SEMANTIC_MEMORIES = 3;
const RECENT_EPISODES = 3;

/**
 * What a persona should know for a task: its working memories and anybody's semantic memories that are relevant to the
 * task, and its most recent episodes. Three reads at once.
 */
export async function getContext(
  scope: Scope,
  persona: string,
  task: string,
): Promise<AgentContext> {
  const issues = new IssueCollector();
  const name = readText(issues, persona, ['persona'], 'persona');
  const query = readText(issues, task, ['task'], 'task');
  issues.throwIfAny();
  const [working, semantic, episodes] = await Promise.all([
    recall(scope, {
      query,
      where: { section: 'working_memory', persona: name },
      limit: WORKING_MEMORIES,
    }),
    recall(scope, { query, where: { section: 'semantic_memory' }, limit: SEMANTIC_MEMORIES }),
    list(scope, {
      where: { section: 'episodic_memory', persona: name },
      orderBy: [{ field: 'createdAt', direction: 'desc' }],
      first: RECENT_EPISODES,
      withTotal: false,
    }),
  ]);
  return {
    persona: name,
    task: query,
    working: working.hits,
    semantic: semantic.hits,
    episodes: episodes.items.map(({ memory }) => memory),
    degraded: working.degraded || semantic.degraded,
  };
}
