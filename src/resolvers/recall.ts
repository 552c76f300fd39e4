import type { AgentContext, RecallMode, RecallResult, Where } from '../engine/index.ts';
import type { RequestContext } from './context.ts';

export interface RecallArguments {
  readonly query: string;
  readonly mode: RecallMode;
  readonly where?: Where | null | undefined;
  readonly minScore?: number | null | undefined;
  readonly touch: boolean;
  readonly first: number;
}

export function recall(input: RecallArguments, context: RequestContext): Promise<RecallResult> {
  return context.memories.recall({
    query: input.query,
    mode: input.mode,
    where: input.where,
    limit: input.first,
    minScore: input.minScore ?? undefined,
    touch: input.touch,
  });
}

export function getAgentContext(
  input: { readonly persona: string; readonly task: string },
  context: RequestContext,
): Promise<AgentContext> {
  return context.memories.getContext(input.persona, input.task);
}
