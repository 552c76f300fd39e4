import { ValidationError } from '../../src/engine/errors.ts';
import { IssueCollector } from '../../src/engine/issue-collector.ts';

type Normalise = (issues: IssueCollector) => { readonly operation: unknown };

/** Places of all issues, empty when the input is fine. */
export function issuePaths(normalise: Normalise): readonly string[] {
  const issues = new IssueCollector();
  normalise(issues);
  try {
    issues.throwIfAny();
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.issues.map((issue) => issue.path.join('.'));
  }
}

/** The operation that the writer is sent. */
export function operationOf(normalise: Normalise): unknown {
  const issues = new IssueCollector();
  const { operation } = normalise(issues);
  issues.throwIfAny();
  return operation;
}
