import type { Measurement } from './category.ts';
import { type BlockResult, medianResult } from './samples.ts';

type Parameters = Measurement['parameters'];

interface Cell {
  readonly contender: string;
  readonly parameters: Parameters;
  readonly rounds: BlockResult[];
  readonly figures: Record<string, number>;
  readonly series: Record<string, number[]>;
}

/** Collects the rounds of every cell while contenders take turns. */
export class Measurements {
  readonly #category: string;
  readonly #cells = new Map<string, Cell>();

  constructor(category: string) {
    this.#category = category;
  }

  add(contender: string, parameters: Parameters, round: BlockResult): void {
    this.#cell(contender, parameters).rounds.push(round);
  }

  /** A figure of the whole cell; said again, it takes the place of the earlier one. */
  state(
    contender: string,
    parameters: Parameters,
    figures: Readonly<Record<string, number>>,
  ): void {
    Object.assign(this.#cell(contender, parameters).figures, figures);
  }

  /** One more value of each of these series of the cell. */
  append(
    contender: string,
    parameters: Parameters,
    values: Readonly<Record<string, number>>,
  ): void {
    const { series } = this.#cell(contender, parameters);
    for (const [name, value] of Object.entries(values)) {
      series[name] ??= [];
      series[name].push(value);
    }
  }

  finish(): readonly Measurement[] {
    return Array.from(this.#cells.values(), (cell) => ({
      category: this.#category,
      ...cell,
      median: medianResult(cell.rounds),
    }));
  }

  #cell(contender: string, parameters: Parameters): Cell {
    const name = JSON.stringify([contender, parameters]);
    const known = this.#cells.get(name);
    if (known !== undefined) return known;
    const cell: Cell = { contender, parameters, rounds: [], figures: {}, series: {} };
    this.#cells.set(name, cell);
    return cell;
  }
}

/** The durations of that contender and parameters; throws when it was not measured. */
export function findMedian(
  measurements: readonly Measurement[],
  contender: string,
  parameters: Parameters,
): BlockResult {
  return findCell(measurements, contender, parameters).median;
}

/** One figure of every round of that cell; null when it was not measured in this run. */
export function roundsOf(
  measurements: readonly Measurement[],
  contender: string,
  parameters: Parameters,
  figure: 'perSecond' | 'mean',
): readonly number[] | null {
  const wanted = JSON.stringify(parameters);
  const found = measurements.find(
    (cell) => cell.contender === contender && JSON.stringify(cell.parameters) === wanted,
  );
  return found?.rounds.map((round) => round[figure]) ?? null;
}

/** The cell of that contender and parameters; throws when it was not measured. */
export function findCell(
  measurements: readonly Measurement[],
  contender: string,
  parameters: Parameters,
): Measurement {
  const wanted = JSON.stringify(parameters);
  const found = measurements.find(
    (cell) => cell.contender === contender && JSON.stringify(cell.parameters) === wanted,
  );
  if (found === undefined) throw new Error(`not measured: ${contender} ${wanted}`);
  return found;
}
