interface Entry<T> {
  readonly value: T;
  readonly stamp: string;
  checkedAt: number;
}

export interface Remembering<T> {
  readonly read: (key: string) => Promise<T>;
  /** Changes whenever what `read` returns may change. */
  readonly stamp: (key: string) => Promise<string>;
  /** A stamp is looked at again after this long. */
  readonly maxAgeMs: number;
  /** The most recently used values are kept. */
  readonly most: number;
}

/** Values that are read again only when their stamps have changed. Errors are not remembered. */
export class Remembered<T> {
  readonly #options: Remembering<T>;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #pending = new Map<string, Promise<T>>();

  constructor(options: Remembering<T>) {
    this.#options = options;
  }

  get(key: string): Promise<T> {
    const known = this.#entries.get(key);
    const now = performance.now();
    if (known && now - known.checkedAt < this.#options.maxAgeMs) return Promise.resolve(known.value);
    const pending = this.#pending.get(key);
    if (pending) return pending;
    const refreshed: Promise<T> = this.#refresh(
      key,
      known,
      () => this.#pending.get(key) === refreshed,
    ).finally(() => {
      if (this.#pending.get(key) === refreshed) this.#pending.delete(key);
    });
    this.#pending.set(key, refreshed);
    return refreshed;
  }

  /** What is being read is not kept either. */
  forget(key: string): void {
    this.#entries.delete(key);
    this.#pending.delete(key);
  }

  async #refresh(key: string, known: Entry<T> | undefined, isWanted: () => boolean): Promise<T> {
    const { read, stamp: findStamp, most } = this.#options;
    const checkedAt = performance.now();
    // The stamp comes first: what changes while it is read is read again.
    const stamp = await findStamp(key);
    const entry = known?.stamp === stamp ? known : { value: await read(key), stamp, checkedAt };
    entry.checkedAt = checkedAt;
    if (!isWanted()) return entry.value;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > most && oldest !== undefined) this.#entries.delete(oldest);
    return entry.value;
  }
}
