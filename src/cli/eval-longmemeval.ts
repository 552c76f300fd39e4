import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { evaluateLongMemEval } from '../evaluation/evaluate-longmemeval.ts';
import { embedderName } from '../evaluation/evaluation-store.ts';
import { readLongMemEval } from '../evaluation/longmemeval-dataset.ts';
import type { LongMemEvalGranularity } from '../evaluation/longmemeval-documents.ts';
import {
  type LongMemEvalMeans,
  type LongMemEvalReport,
  reportLongMemEval,
} from '../evaluation/longmemeval-report.ts';
import { countJsonArray } from '../evaluation/read-json-array.ts';
import {
  addEvaluationOptions,
  type EvaluationOptions,
  GRANULARITIES,
  toEngineOptions,
  toRecallMode,
} from './evaluation-options.ts';
import { percent, servedLines, tableLines } from './evaluation-table.ts';
import { runEvaluation } from './run-evaluation.ts';

interface LongMemEvalOptions extends EvaluationOptions {
  readonly granularity: LongMemEvalGranularity;
}

export function createLongMemEvalCommand(): Command {
  const command = new Command('longmemeval')
    .description(
      'Ask the questions of LongMemEval, each over its own haystack, by the retrieval protocol of its paper.',
    )
    .argument('<file>', 'JSON file of LongMemEval, as longmemeval_s.json')
    .addOption(
      new Option('--granularity <name>', 'what is one memory')
        .choices(GRANULARITIES)
        .default('session'),
    )
    .addHelpText('after', EXAMPLES);
  return addEvaluationOptions(command).action(async (file: string, options: LongMemEvalOptions) => {
    process.exitCode = await runLongMemEval(file, options);
  });
}

function runLongMemEval(file: string, options: LongMemEvalOptions): Promise<number> {
  const engine = toEngineOptions(options);
  const { granularity } = options;
  const mode = toRecallMode(options.mode);
  return runEvaluation(options, async (hooks) => {
    const total = process.stderr.isTTY ? await countJsonArray(file) : null;
    const outcome = await evaluateLongMemEval(
      readLongMemEval(file),
      { granularity, mode, total },
      engine,
      hooks,
    );
    const report = reportLongMemEval(outcome, {
      dataset: basename(file),
      granularity,
      mode,
      embedder: embedderName(engine),
    });
    return { report, results: outcome.results, text: describe(report) };
  });
}

function describe(report: LongMemEvalReport): string {
  const { settings, skipped, byType } = report;
  const rowsOf = (name: string, level: 'session' | 'turn'): readonly (readonly string[])[] => [
    ...meansRow(name, report.questions, report[level]),
    ...Object.entries(byType).flatMap(([type, figures]) =>
      meansRow(`  ${type}`, figures.questions, figures[level]),
    ),
  ];
  return [
    `LongMemEval ${settings.dataset}: each question over its own haystack`,
    `${report.memories} memories, one per ${settings.granularity}, what the user said; ${settings.mode} recall, embedder ${settings.embedder}`,
    'percent; any = some of the evidence, all = all of it, ndcg as published (ranks 1 and 2 count in full)',
    '',
    ...tableLines(COLUMNS, [...rowsOf('sessions', 'session'), ...rowsOf('turns', 'turn')]),
    '',
    `p50 ${report.p50Ms} ms, p95 ${report.p95Ms} ms; skipped: ${skipped.abstention} abstention, ${skipped.withoutUserEvidence} without evidence by the user`,
    ...servedLines(settings.mode, report.servedModes, report.degraded),
  ].join('\n');
}

/** k of the table; the JSON has all. */
const SHOWN = [1, 5, 10, 50] as const;
const COLUMNS = [
  '',
  'questions',
  ...['any', 'all', 'ndcg'].flatMap((name) => SHOWN.map((k) => `${name}@${k}`)),
];

function meansRow(
  name: string,
  questions: number,
  means: LongMemEvalMeans | null,
): readonly (readonly string[])[] {
  if (means === null) return [];
  const cells = [means.recallAny, means.recallAll, means.ndcgAny].flatMap((byRank) =>
    SHOWN.map((k) => percent(byRank[k])),
  );
  return [[name, String(questions), ...cells]];
}

const EXAMPLES = `
Examples:
  trinitas eval longmemeval longmemeval_s.json
  trinitas eval longmemeval longmemeval_s.json --granularity turn --mode text --save turns.jsonl --json`;
