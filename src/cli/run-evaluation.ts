import type { EvaluationHooks } from '../evaluation/evaluation-store.ts';
import type { EvaluationOptions } from './evaluation-options.ts';
import { withResultFile } from './evaluation-options.ts';
import { EXIT_CODE } from './exit-code.ts';
import { Progress } from './progress.ts';
import { withInterruption } from './with-interruption.ts';

/** What an evaluation came to. */
export interface Evaluation {
  /** For --json. */
  readonly report: { readonly failedMemories: number };
  /** For --save: one per question. */
  readonly results: readonly object[];
  /** For people. */
  readonly text: string;
}

/** Runs an evaluation with a progress bar, writes its result and returns the exit code; an interrupted one has no result. */
export function runEvaluation(
  { save, json }: EvaluationOptions,
  evaluate: (hooks: EvaluationHooks) => Promise<Evaluation>,
): Promise<number> {
  return withInterruption((signal) =>
    withResultFile(save, async (write) => {
      const progress = new Progress('Asking');
      const hooks: EvaluationHooks = {
        signal,
        onProgress: (done, total) => progress.update(done, total),
        onFailure: ({ key, reason }) => progress.print(`not stored: ${key}: ${reason}`),
      };
      let evaluation: Evaluation;
      try {
        evaluation = await evaluate(hooks);
      } catch (error) {
        if (signal.aborted && error === signal.reason) return EXIT_CODE.interrupted;
        throw error;
      } finally {
        progress.stop();
      }
      await write(evaluation.results);
      process.stdout.write(`${json ? JSON.stringify(evaluation.report) : evaluation.text}\n`);
      return evaluation.report.failedMemories === 0 ? EXIT_CODE.done : EXIT_CODE.failed;
    }),
  );
}
