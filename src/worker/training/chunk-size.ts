const TARGET_MS = 250;
const FIRST_STEPS = 8;
const MAX_INPUT_BYTES = 32 * 2 ** 20;

/** Chooses the steps of the next chunk so that it takes about a quarter of a second and its inputs fit a bounded buffer. */
export class ChunkSize {
  readonly #most: number;
  #steps: number;

  constructor(bytesPerStep: number) {
    this.#most = Math.max(1, Math.floor(MAX_INPUT_BYTES / bytesPerStep));
    this.#steps = Math.min(FIRST_STEPS, this.#most);
  }

  get steps(): number {
    return this.#steps;
  }

  /** Adapts to how long a chunk took. Grows at most fourfold at a time because the first chunks include warm-up. */
  record(steps: number, ms: number): void {
    const wanted = Math.round((steps * TARGET_MS) / Math.max(ms, 0.01));
    this.#steps = Math.max(1, Math.min(wanted, steps * 4, this.#most));
  }
}
