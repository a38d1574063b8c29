import type { TrainingSpec } from '../../model/specification.ts';

type Settings = NonNullable<TrainingSpec['early_stopping']>;

/** Decides whether the validation bound has not risen by the minimum gain in the last `patience_epochs` epochs. */
export class EarlyStopping {
  readonly #settings: Settings;
  #best = -Infinity;
  #epochsSinceBest = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Adds the validation bound of the next epoch. */
  add(bound: number | null): void {
    const gain = this.#best === -Infinity ? 0 : this.#settings.minimum_gain;
    const better = bound !== null && bound > this.#best + gain;
    this.#epochsSinceBest = better ? 0 : this.#epochsSinceBest + 1;
    if (better) this.#best = bound;
  }

  get isDue(): boolean {
    return this.#epochsSinceBest >= this.#settings.patience_epochs;
  }
}
