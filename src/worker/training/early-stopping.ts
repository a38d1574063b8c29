interface Settings {
  /** Rounds without a better bound until the training ends. */
  readonly patience: number;
  /** The bound counts as better if it rises by more than this, in nats per row. */
  readonly minimumGain: number;
}

/** Decides whether the validation bound has not risen by the minimum gain in the last `patience` rounds. */
export class EarlyStopping {
  readonly #settings: Settings;
  #best = -Infinity;
  #roundsSinceBest = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Adds the validation bound of the next round. */
  add(bound: number | null): void {
    const gain = this.#best === -Infinity ? 0 : this.#settings.minimumGain;
    const better = bound !== null && bound > this.#best + gain;
    this.#roundsSinceBest = better ? 0 : this.#roundsSinceBest + 1;
    if (better) this.#best = bound;
  }

  get isDue(): boolean {
    return this.#roundsSinceBest >= this.#settings.patience;
  }
}
