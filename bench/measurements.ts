import type { Measurement } from './category.ts';
import { type BlockResult, medianResult } from './samples.ts';

type Parameters = Measurement['parameters'];

/** Collects the rounds of every cell while contenders take turns. */
export class Measurements {
  readonly #category: string;
  readonly #cells = new Map<
    string,
    { contender: string; parameters: Parameters; rounds: BlockResult[] }
  >();

  constructor(category: string) {
    this.#category = category;
  }

  add(contender: string, parameters: Parameters, round: BlockResult): void {
    const name = JSON.stringify([contender, parameters]);
    const cell = this.#cells.get(name) ?? { contender, parameters, rounds: [] };
    cell.rounds.push(round);
    this.#cells.set(name, cell);
  }

  finish(): readonly Measurement[] {
    return Array.from(this.#cells.values(), (cell) => ({
      category: this.#category,
      ...cell,
      median: medianResult(cell.rounds),
    }));
  }
}

/** The cell of that contender and parameters; throws when it was not measured. */
export function findMedian(
  measurements: readonly Measurement[],
  contender: string,
  parameters: Parameters,
): BlockResult {
  const wanted = JSON.stringify(parameters);
  const found = measurements.find(
    (cell) => cell.contender === contender && JSON.stringify(cell.parameters) === wanted,
  );
  if (found === undefined) throw new Error(`not measured: ${contender} ${wanted}`);
  return found.median;
}
