import type { DatasetStore, RowReader } from '../store/datasets.ts';

/** Keeps the most recently used data set open. Reads rows from the store, not into memory: an inference needs few of them. */
export class OpenDatasets {
  readonly #datasets: DatasetStore;
  #reader: RowReader | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(datasets: DatasetStore) {
    this.#datasets = datasets;
  }

  /** Runs one use at a time, so that none closes what another reads. Errors: dataset_not_found, those of the work. */
  use<Result>(id: string, work: (reader: RowReader) => Result | Promise<Result>): Promise<Result> {
    const result = this.#turn.then(async () => work(await this.#openReader(id)));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** The class of each row; null if not known. */
  readLabels(id: string): Promise<Uint8Array | Int32Array | null> {
    return this.#datasets.readLabels(id);
  }

  async #openReader(id: string): Promise<RowReader> {
    // The data set may have been removed in the meantime.
    await this.#datasets.get(id);
    if (this.#reader?.record.id === id) return this.#reader;
    const before = this.#reader;
    this.#reader = null;
    await before?.close();
    this.#reader = await this.#datasets.openRows(id, { inMemory: false });
    return this.#reader;
  }
}
