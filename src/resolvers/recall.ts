import type {
  AgentContext,
  RecallInput,
  RecallMode,
  RecallResult,
  Where,
} from '../engine/index.ts';
import type { RequestContext } from './context.ts';

/** A number for each arm of recall; null = its default. */
interface ArmNumbers {
  readonly text?: number | null | undefined;
  readonly semantic?: number | null | undefined;
}

export interface RecallArguments {
  readonly query: string;
  readonly mode: RecallMode;
  readonly where?: Where | null | undefined;
  readonly minScore?: number | null | undefined;
  readonly weights?: ArmNumbers | null | undefined;
  readonly candidates?: ArmNumbers | null | undefined;
  readonly includeSuperseded: boolean;
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
    weights: toArmNumbers(input.weights),
    candidates: toArmNumbers(input.candidates),
    includeSuperseded: input.includeSuperseded,
    touch: input.touch,
  });
}

function toArmNumbers(numbers: ArmNumbers | null | undefined): RecallInput['weights'] {
  return { text: numbers?.text ?? undefined, semantic: numbers?.semantic ?? undefined };
}

export function getAgentContext(
  input: {
    readonly persona: string;
    readonly task: string;
    readonly budgetTokens?: number | null | undefined;
  },
  context: RequestContext,
): Promise<AgentContext> {
  const { persona, task, budgetTokens } = input;
  return context.memories.getContext(persona, task, { budgetTokens: budgetTokens ?? undefined });
}
