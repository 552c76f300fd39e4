import { ValidationError, type ValidationIssue } from './errors.ts';

/**
 * Gathers everything that is wrong with one input, so that the caller sees all of it at once.
 * Readers that report here may return a placeholder: nobody uses it, because `throwIfAny` runs before the result is.
 */
export class IssueCollector {
  readonly #issues: ValidationIssue[] = [];

  get failed(): boolean {
    return this.#issues.length > 0;
  }

  add(path: readonly string[], message: string): void {
    this.#issues.push({ path, message });
  }

  /** Runs `read`; the issues of a ValidationError are kept and `fallback` is returned, other errors pass through. */
  attempt<T>(read: () => T, fallback: T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      this.#issues.push(...error.issues);
      return fallback;
    }
  }

  throwIfAny(): void {
    if (this.#issues.length > 0) throw new ValidationError(this.#issues);
  }
}
