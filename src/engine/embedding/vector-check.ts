import { MAX_DIMENSION } from './embedder-config.ts';
import { embedderError } from './embedder-error.ts';

/**
 * What every vector must be, whoever made it: a list of finite numbers, not all zero, of one length for the life of an
 * embedder and at most 8,192. Accepted vectors come back as copies of unit length.
 */
export class VectorCheck {
  readonly #model: string;
  #dimension: number | null;

  /** Without a dimension, the first accepted vector sets it. */
  constructor(model: string, dimension: number | null = null) {
    this.#model = model;
    this.#dimension = dimension;
  }

  /** Null until the first vector was accepted. */
  get dimension(): number | null {
    return this.#dimension;
  }

  /**
   * One vector per position, all or none; `positions` are those of the texts in the caller's list.
   * Throws ParticipantUnavailableError (not retryable): ANSWER for a wrong count, VECTOR with `data.text` for a bad one.
   */
  accept(vectors: readonly unknown[], positions: readonly number[]): readonly Float32Array[] {
    if (vectors.length !== positions.length)
      throw embedderError(
        this.#model,
        'ANSWER',
        `${positions.length} texts were answered with ${vectors.length} vectors`,
      );
    let dimension = this.#dimension;
    const accepted = positions.map((position, index) => {
      const vector = this.#toUnit(vectors[index], dimension, position);
      dimension = vector.length;
      return vector;
    });
    this.#dimension = dimension;
    return accepted;
  }

  #toUnit(vector: unknown, dimension: number | null, position: number): Float32Array {
    const refuse = (problem: string, remedy?: string) =>
      embedderError(this.#model, 'VECTOR', `the vector of text ${position} ${problem}`, {
        data: { text: position },
        remedy,
      });
    if (!isList(vector)) throw refuse('is not a list of numbers');
    if (vector.length === 0 || vector.length > MAX_DIMENSION)
      throw refuse(`has ${vector.length} numbers; 1 to ${MAX_DIMENSION} are allowed`);
    if (dimension !== null && vector.length !== dimension)
      throw refuse(
        `has ${vector.length} numbers where ${dimension} were expected`,
        'Correct the configured dimension, or give the other model a name of its own.',
      );
    let largest = 0;
    for (const value of vector) {
      if (!Number.isFinite(value)) throw refuse('holds a value that is not a finite number');
      largest = Math.max(largest, Math.abs(value as number));
    }
    if (largest === 0) throw refuse('is zero');
    return toUnitLength(vector as ArrayLike<number>, largest);
  }
}

/** Scaled by the largest value first, so that squares neither overflow nor vanish. */
function toUnitLength(vector: ArrayLike<number>, largest: number): Float32Array {
  const scaled = Float64Array.from(vector, (value) => value / largest);
  let squares = 0;
  for (const value of scaled) squares += value * value;
  const length = Math.sqrt(squares);
  return Float32Array.from(scaled, (value) => value / length);
}

function isList(value: unknown): value is readonly unknown[] | Float32Array | Float64Array {
  return Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array;
}
