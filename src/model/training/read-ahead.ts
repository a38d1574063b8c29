import type { MinibatchOrder } from '../random/minibatches.ts';
import type { RowSource } from './row-source.ts';

type Values = Uint8Array | Float32Array;

interface Ahead {
  readonly first: number;
  readonly steps: number;
  readonly rows: Promise<Values>;
}

/** The rows of steps. Those of the next steps are read while the current ones are computed, if they come from a file. */
export class ReadAhead {
  readonly #source: RowSource;
  readonly #order: MinibatchOrder;
  readonly #dataSize: number;
  #ahead: Ahead | null = null;

  constructor(source: RowSource, order: MinibatchOrder, dataSize: number) {
    this.#source = source;
    this.#order = order;
    this.#dataSize = dataSize;
  }

  /** Stored values [steps, minibatch, data_size] of steps first .. first + steps - 1. */
  async read(first: number, steps: number): Promise<Values> {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (ahead?.first !== first) return this.#load(first, steps);
    const known = await ahead.rows;
    if (ahead.steps >= steps) return known.subarray(0, steps * this.#stepSize);
    const rest = await this.#load(first + ahead.steps, steps - ahead.steps);
    const rows = this.#allocate(steps);
    rows.set(known);
    rows.set(rest, known.length);
    return rows;
  }

  /** Begins to read. To be called when the rows of the steps before are no longer needed for reading. */
  begin(first: number, steps: number): void {
    if (this.#source.readsFile !== true) return;
    const rows = this.#load(first, steps);
    // Whoever reads them gets the error.
    rows.catch(() => undefined);
    this.#ahead = { first, steps, rows };
  }

  get #stepSize(): number {
    return this.#order.minibatchSize * this.#dataSize;
  }

  #allocate(steps: number): Values {
    const size = steps * this.#stepSize;
    return this.#source.dtype === 'uint8' ? new Uint8Array(size) : new Float32Array(size);
  }

  async #load(first: number, steps: number): Promise<Values> {
    const rows = this.#allocate(steps);
    await this.#source.readRows(this.#order.listIndices(first, steps), rows);
    return rows;
  }
}
