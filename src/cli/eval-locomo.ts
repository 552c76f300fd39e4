import { basename } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { MAX_RECALL_LIMIT } from '../engine/index.ts';
import { evaluateLocomo } from '../evaluation/evaluate-locomo.ts';
import { embedderName } from '../evaluation/evaluation-store.ts';
import { readLocomoDataset } from '../evaluation/locomo-dataset.ts';
import type { LocomoGranularity } from '../evaluation/locomo-documents.ts';
import {
  type LocomoFigures,
  type LocomoReport,
  type LocomoScope,
  reportLocomo,
} from '../evaluation/locomo-report.ts';
import { parseWholeNumber } from './database-options.ts';
import {
  addEvaluationOptions,
  type EvaluationOptions,
  GRANULARITIES,
  toEngineOptions,
  toRecallMode,
} from './evaluation-options.ts';
import { percent, servedLines, tableLines } from './evaluation-table.ts';
import { runEvaluation } from './run-evaluation.ts';

interface LocomoOptions extends EvaluationOptions {
  readonly granularity: LocomoGranularity;
  readonly scope: LocomoScope;
  readonly conversations?: readonly string[] | undefined;
  readonly limit: number;
}

export function createLocomoCommand(): Command {
  const command = new Command('locomo')
    .description(
      'Ask the questions of LoCoMo: what share of the evidence is among the first k hits.',
    )
    .argument('<file>', 'JSON file of LoCoMo, as locomo10.json')
    .addOption(
      new Option('--granularity <name>', 'what is one memory')
        .choices(GRANULARITIES)
        .default('turn'),
    )
    .addOption(
      new Option('--scope <name>', 'search each conversation alone or all together')
        .choices(['conversation', 'corpus'])
        .default('conversation'),
    )
    .option('--conversations <names>', 'only these, separated by commas', parseNames)
    .option('--limit <n>', 'hits per question', parseLimit, 25)
    .addHelpText('after', EXAMPLES);
  return addEvaluationOptions(command).action(async (file: string, options: LocomoOptions) => {
    process.exitCode = await runLocomo(file, options);
  });
}

function runLocomo(file: string, options: LocomoOptions): Promise<number> {
  const engine = toEngineOptions(options);
  const { granularity, scope, limit } = options;
  const mode = toRecallMode(options.mode);
  return runEvaluation(options, async (hooks) => {
    const conversations = await readLocomoDataset(file, options.conversations ?? null);
    const settings = { granularity, scope, mode, limit };
    const outcome = await evaluateLocomo(conversations, settings, engine, hooks);
    const report = reportLocomo(outcome, {
      dataset: basename(file),
      ...settings,
      embedder: embedderName(engine),
      conversations: conversations.map(({ name }) => name),
    });
    return { report, results: outcome.results, text: describe(report) };
  });
}

function describe(report: LocomoReport): string {
  const { settings, byCategory, adversarial } = report;
  const cutoffs = Object.keys(report.recallAt);
  const row = (name: string, figures: LocomoFigures): readonly string[] => [
    name,
    String(figures.questions),
    ...cutoffs.map((k) => percent(figures.recallAt[k])),
    ...cutoffs.map((k) => percent(figures.anyAt[k])),
    percent(figures.mrr),
  ];
  const scope = settings.scope === 'conversation' ? 'each searched alone' : 'searched together';
  return [
    `LoCoMo ${settings.dataset}: ${settings.conversations.join(', ')}, ${scope}`,
    `${report.memories} memories, one per ${settings.granularity}; ${settings.mode} recall of ${settings.limit}, embedder ${settings.embedder}`,
    'percent',
    '',
    ...tableLines(
      [
        '',
        'questions',
        ...cutoffs.map((k) => `recall@${k}`),
        ...cutoffs.map((k) => `any@${k}`),
        'MRR',
      ],
      [
        row('categories 1-4', report),
        ...Object.entries(byCategory).map(([name, figures]) => row(`  ${name}`, figures)),
        ...(adversarial === null ? [] : [row('adversarial', adversarial)]),
      ],
    ),
    '',
    `p50 ${report.p50Ms} ms, p95 ${report.p95Ms} ms; ${report.withoutEvidence} questions without evidence left out`,
    ...servedLines(settings.mode, report.servedModes, report.degraded),
  ].join('\n');
}

function parseNames(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}

function parseLimit(text: string): number {
  const limit = parseWholeNumber(text);
  if (limit < 1 || limit > MAX_RECALL_LIMIT)
    throw new InvalidArgumentError(`It must be 1 to ${MAX_RECALL_LIMIT}.`);
  return limit;
}

const EXAMPLES = `
Examples:
  trinitas eval locomo locomo10.json
  trinitas eval locomo locomo10.json --granularity session --mode text --json
  trinitas eval locomo locomo10.json --conversations conv-41,conv-42 --embedder none --save text.jsonl`;
