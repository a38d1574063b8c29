import { permute, deriveKey } from './streams.ts';

/**
 * The rows of each step. Each epoch has a new random order of all rows; the orders are joined and cut into minibatches of
 * M. Every row is used once per epoch even if M does not divide N, so a minibatch may span two epochs.
 */
export class MinibatchOrder {
  readonly rows: Uint32Array;
  readonly minibatchSize: number;
  readonly #seed: number;
  #epoch = -1;
  #order: Uint32Array = new Uint32Array();

  constructor(rows: Uint32Array, minibatchSize: number, seed: number) {
    this.rows = rows;
    this.minibatchSize = minibatchSize;
    this.#seed = seed;
  }

  /** Row numbers for steps firstStep .. firstStep + steps - 1, [steps * M]. */
  listIndices(firstStep: number, steps: number): Uint32Array {
    return this.listPositions(firstStep, steps).map((position) => this.rows[position] ?? 0);
  }

  /** The same, as positions in `rows`. */
  listPositions(firstStep: number, steps: number): Uint32Array {
    const out = new Uint32Array(steps * this.minibatchSize);
    const size = this.rows.length;
    let position = firstStep * this.minibatchSize;
    for (let i = 0; i < out.length; i++, position++) {
      out[i] = this.#permuteRows(Math.floor(position / size))[position % size] ?? 0;
    }
    return out;
  }

  #permuteRows(epoch: number): Uint32Array {
    if (epoch !== this.#epoch) {
      this.#order = permute(deriveKey(this.#seed, 'minibatchOrder', epoch), this.rows.length);
      this.#epoch = epoch;
    }
    return this.#order;
  }
}

/** The number of steps that complete `epochs` passes. */
export function countSteps(epochs: number, rows: number, minibatchSize: number): number {
  return Math.ceil((epochs * rows) / minibatchSize);
}
