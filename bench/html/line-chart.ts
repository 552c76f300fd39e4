import { formatNumber } from '../table.ts';
import { colourOf, type LineChart } from './chart.ts';
import { escapeHtml } from './escape-html.ts';

const WIDTH = 760;
const HEIGHT = 240;
const LEFT = 60;
const BOTTOM = 24;
const TOP = 10;
const RIGHT = 10;
const TICKS = 4;

/** Inline SVG with a scale that begins at 0. */
export function lineChartSvg({ series, from, to, title, unit }: LineChart): string {
  const highest = Math.max(1e-9, ...series.flatMap(({ values }) => values));
  const yOf = (value: number) => HEIGHT - BOTTOM - (value / highest) * (HEIGHT - BOTTOM - TOP);
  const ticks = Array.from({ length: TICKS + 1 }, (_, tick) => (highest * tick) / TICKS);
  const lines = series.map(({ values }, index) => {
    const step = (WIDTH - LEFT - RIGHT) / Math.max(1, values.length - 1);
    const points = values.map(
      (value, place) => `${(LEFT + place * step).toFixed(1)},${yOf(value).toFixed(1)}`,
    );
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colourOf(index)}" stroke-width="2"/>`;
  });
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(`${title}, ${unit}`)}">`,
    ...ticks.map((value) => {
      const y = yOf(value).toFixed(1);
      return `<path class="grid" d="M${LEFT} ${y}H${WIDTH - RIGHT}"/><text x="${LEFT - 6}" y="${y}" dy="4" text-anchor="end">${formatNumber(value)}</text>`;
    }),
    ...lines,
    `<text x="${LEFT}" y="${HEIGHT - 4}">${escapeHtml(from)}</text>`,
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 4}" text-anchor="end">${escapeHtml(to)}</text>`,
    '</svg>',
    `<p class="legend">${series
      .map(
        ({ name }, index) =>
          `<span><i style="background:${colourOf(index)}"></i>${escapeHtml(name)}</span>`,
      )
      .join('')}</p>`,
  ].join('');
}
