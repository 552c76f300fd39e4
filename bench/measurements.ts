import type { Measurement } from './category.ts';
import { type BlockResult, medianResult } from './samples.ts';

type Parameters = Measurement['parameters'];

interface Cell {
  readonly contender: string;
  readonly parameters: Parameters;
  readonly rounds: BlockResult[];
  readonly figures: Record<string, number>;
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
    const cell: Cell = { contender, parameters, rounds: [], figures: {} };
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
