/** Bars beside each other, in groups that each have a scale of their own. */
export interface BarChart {
  readonly kind: 'bars';
  readonly title: string;
  readonly unit: string;
  readonly groups: readonly {
    readonly label: string;
    readonly bars: readonly {
      readonly name: string;
      readonly value: number;
      /** The interval that the value lies in; drawn as a whisker. */
      readonly low: number;
      readonly high: number;
    }[];
  }[];
}

/** Values at equal distances. */
export interface LineChart {
  readonly kind: 'lines';
  readonly title: string;
  readonly unit: string;
  /** What stands under the first and the last value. */
  readonly from: string;
  readonly to: string;
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}

export type Chart = BarChart | LineChart;

/** Of the first, second … name; the reader tells them apart also by their order. */
const COLOURS = ['#2f6fb3', '#58a55c', '#c9772b', '#8a5fb0', '#b8485b', '#3f9c9c', '#7a7a7a'];

export function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#000';
}
