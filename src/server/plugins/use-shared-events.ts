import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  getOperationAST,
  Kind,
} from 'graphql';
import { isAsyncIterable, mapAsyncIterator, type Plugin } from 'graphql-yoga';

type Answer = ExecutionResult | Promise<ExecutionResult>;

/** Their events are one object for all who ask for the same, and what can be selected of one does not depend on who asks. */
const SHARED_FIELDS: ReadonlySet<string> = new Set(['stats', 'memoryChanges']);

/**
 * Makes one answer of an event for all subscribers who ask the same of it. 1,000 dashboards cost one execution a second instead of 1,000, and
 * a change that ten watchers with one filter are told is executed once. The pages of two tenants are never one object.
 */
export function useSharedEvents(): Plugin {
  const answers = new EventAnswers();
  return {
    onSubscribe({ args, setSubscribeFn }) {
      if (!asksForSharedEvents(args)) return;
      setSubscribeFn(async (own: ExecutionArgs) => {
        const events = await createSourceEventStream(own);
        if (!isAsyncIterable(events)) return events;
        return mapAsyncIterator(events, (event) => answers.answer(event as object, own));
      });
    },
  };
}

/** Answers live as long as their event. */
class EventAnswers {
  readonly #byEvent = new WeakMap<object, Map<DocumentNode, Map<string, Answer>>>();

  answer(event: object, args: ExecutionArgs): Answer {
    const byDocument = this.#byEvent.get(event) ?? new Map<DocumentNode, Map<string, Answer>>();
    this.#byEvent.set(event, byDocument);
    const byVariables = byDocument.get(args.document) ?? new Map<string, Answer>();
    byDocument.set(args.document, byVariables);
    const key = JSON.stringify([args.operationName ?? null, args.variableValues ?? {}]);
    const known = byVariables.get(key);
    if (known !== undefined) return known;
    const answer = execute({ ...args, rootValue: event }) as Answer;
    byVariables.set(key, answer);
    return answer;
  }
}

function asksForSharedEvents({ document, operationName }: ExecutionArgs): boolean {
  const selections = getOperationAST(document, operationName)?.selectionSet.selections ?? [];
  const [only] = selections;
  return selections.length === 1 && only?.kind === Kind.FIELD && SHARED_FIELDS.has(only.name.value);
}
