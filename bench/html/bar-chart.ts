import { formatNumber } from '../table.ts';
import { type BarChart, colourOf } from './chart.ts';
import { escapeHtml } from './escape-html.ts';

const WIDTH = 760;
/** Columns of names and of numbers. */
const NAMES = 210;
const NUMBERS = 90;
const BAR_HEIGHT = 16;
const BAR_GAP = 5;
const GROUP_HEAD = 26;

/** Inline SVG, one bar in a line. */
export function barChartSvg({ groups, unit, title }: BarChart): string {
  const names = [...new Set(groups.flatMap(({ bars }) => bars.map(({ name }) => name)))];
  let y = 0;
  const parts: string[] = [];
  for (const { label, bars } of groups) {
    const longest = Math.max(...bars.map(({ value, high }) => Math.max(value, finite(high))));
    const scale = longest > 0 ? (WIDTH - NAMES - NUMBERS) / longest : 0;
    parts.push(`<text x="0" y="${y + 18}" class="group">${escapeHtml(label)}</text>`);
    y += GROUP_HEAD;
    for (const { name, value, low, high } of bars) {
      const [middle, length] = [y + BAR_HEIGHT / 2, finite(value) * scale];
      parts.push(
        `<text x="${NAMES - 8}" y="${middle + 4}" text-anchor="end">${escapeHtml(name)}</text>`,
        `<rect x="${NAMES}" y="${y}" width="${length.toFixed(1)}" height="${BAR_HEIGHT}" rx="2" fill="${colourOf(names.indexOf(name))}"/>`,
        whisker(NAMES + finite(low) * scale, NAMES + finite(high) * scale, middle),
        `<text x="${WIDTH}" y="${middle + 4}" text-anchor="end">${formatNumber(value)}</text>`,
      );
      y += BAR_HEIGHT + BAR_GAP;
    }
  }
  return `<svg viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${escapeHtml(`${title}, ${unit}`)}">${parts.join('')}</svg>`;
}

function whisker(from: number, to: number, y: number): string {
  const [low, high] = [from.toFixed(1), to.toFixed(1)];
  return `<path class="whisker" d="M${low} ${y - 4}v8M${low} ${y}H${high}M${high} ${y - 4}v8"/>`;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
