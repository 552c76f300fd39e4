import { machineLine } from '../machine.ts';
import { type BenchReport, type BenchSuite, ratioTables } from '../report.ts';
import type { Table } from '../table.ts';
import { barChartSvg } from './bar-chart.ts';
import type { Chart } from './chart.ts';
import { escapeHtml } from './escape-html.ts';
import { lineChartSvg } from './line-chart.ts';
import { throughputCharts } from './throughput-charts.ts';

/** One file that needs nothing else: no script, no font, no request. */
export function htmlReport(report: BenchReport, suites: readonly BenchSuite[]): string {
  const sections = suites.map(({ category, contenders }) => {
    const cells = report.measurements.filter((cell) => cell.category === category.name);
    const charts = category.charts?.(cells) ?? throughputCharts(cells);
    return [
      `<section><h2>${escapeHtml(category.name)}</h2>`,
      ...charts.map(figure),
      ...category.tables(cells, contenders).map(htmlTable),
      '</section>',
    ].join('\n');
  });
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Trinitas benchmark, ${escapeHtml(report.at)}</title><style>${STYLE}</style></head><body>`,
    '<h1>Trinitas benchmark</h1>',
    `<p>${escapeHtml(machineLine(report.machine))}</p>`,
    `<p>Medians of ${report.plan.rounds} interleaved rounds with their 95 % bootstrap intervals, seed ${report.seed}, ${escapeHtml(report.at)}. Every group of bars has a scale of its own.</p>`,
    ...ratioTables(report).map(htmlTable),
    ...sections,
    '</body></html>\n',
  ].join('\n');
}

function figure(chart: Chart): string {
  const svg = chart.kind === 'bars' ? barChartSvg(chart) : lineChartSvg(chart);
  return `<figure><figcaption>${escapeHtml(`${chart.title} (${chart.unit})`)}</figcaption>${svg}</figure>`;
}

function htmlTable({ title, columns, rows, notes }: Table): string {
  const row = (cells: readonly string[], tag: 'td' | 'th') =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return [
    `<table><caption>${escapeHtml(title)}</caption>`,
    `<thead>${row(columns, 'th')}</thead>`,
    `<tbody>${rows.map((cells) => row(cells, 'td')).join('')}</tbody></table>`,
    ...(notes.length === 0 ? [] : [`<p class="note">${escapeHtml(notes.join(' '))}</p>`]),
  ].join('\n');
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1d1f21; --quiet: #6a6f75; --line: #d7dade; --paper: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e6e8; --quiet: #9aa0a6; --line: #3a3f44; --paper: #17191b } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 900px; margin: 2rem auto; padding: 0 1rem; color: var(--ink); background: var(--paper) }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); text-transform: capitalize }
figure { margin: 1.5rem 0 } figcaption, caption { font-weight: 600; text-align: left; margin-bottom: .4rem }
svg { width: 100%; height: auto } svg text { font: 12px system-ui, sans-serif; fill: var(--ink) } svg .group { font-weight: 600; fill: var(--quiet) }
svg .whisker { stroke: var(--ink); fill: none; opacity: .6 } svg .grid { stroke: var(--line) }
table { border-collapse: collapse; margin: 1.2rem 0; width: 100%; font-variant-numeric: tabular-nums }
th, td { padding: .2rem .5rem; border-bottom: 1px solid var(--line); text-align: right } th:first-child, td:first-child { text-align: left } td { white-space: nowrap } td:last-child { white-space: normal }
.note, .legend { color: var(--quiet); font-size: 13px } .legend span { margin-right: 1.2rem } .legend i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 2px }
`;
