import { AppError } from '../errors.ts';
import type { DatasetStore, RowReader } from '../store/datasets.ts';

/** How often an open data set is looked for: as long as a file that was removed is open, its space is not free. */
const CHECK_MS = 30_000;

/** Keeps the most recently used data set open. Reads rows from the store, not into memory: an inference needs few of them. */
export class OpenDatasets {
  readonly #datasets: DatasetStore;
  #reader: RowReader | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(datasets: DatasetStore) {
    this.#datasets = datasets;
  }

  /** Runs one use at a time, so that none closes what another reads. Errors: dataset_not_found, those of the work. */
  use<Result>(id: string, work: (reader: RowReader) => Result | Promise<Result>): Promise<Result> {
    return this.#inTurn(async () => work(await this.#openReader(id)));
  }

  /** The class of each row; null if not known. */
  readLabels(id: string): Promise<Uint8Array | Int32Array | null> {
    return this.#datasets.readLabels(id);
  }

  async #openReader(id: string): Promise<RowReader> {
    await this.#closeRemoved(id);
    if (this.#reader?.record.id === id) return this.#reader;
    await this.#close();
    this.#reader = await this.#datasets.openRows(id, { inMemory: false });
    this.#checkLater();
    return this.#reader;
  }

  /** Closes the reader of a data set that is gone. Errors: dataset_not_found. */
  async #closeRemoved(id: string): Promise<void> {
    try {
      await this.#datasets.get(id);
    } catch (error) {
      const isGone = error instanceof AppError && error.code === 'dataset_not_found';
      if (isGone && this.#reader?.record.id === id) await this.#close();
      throw error;
    }
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Does not keep the process alive. */
  #checkLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.#inTurn(() => this.#check());
    }, CHECK_MS).unref();
  }

  async #check(): Promise<void> {
    const id = this.#reader?.record.id;
    if (id === undefined) return;
    // A record that cannot be read now may be readable later: whoever uses it gets the error.
    await this.#closeRemoved(id).catch(() => undefined);
    this.#checkLater();
  }

  async #close(): Promise<void> {
    const before = this.#reader;
    this.#reader = null;
    await before?.close();
  }
}
