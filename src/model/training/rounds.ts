import { countSteps } from '../random/minibatches.ts';
import { DEFAULT_EPOCHS, type TrainingSpec } from '../specification.ts';

type Setting = Pick<TrainingSpec, 'epochs' | 'steps' | 'validate_every_steps'>;

/** N training rows, M of them in each step. */
export interface EpochSize {
  readonly trainRows: number;
  readonly minibatchSize: number;
}

/**
 * The rounds of a training. At the end of each, the validation rows are scored and a line of metrics is written. A round is an
 * epoch or, with validate_every_steps, that many steps; the last one may be shorter. Depends on the number of the step alone.
 */
export class Rounds {
  /** Steps of the whole training. */
  readonly totalSteps: number;
  /** Steps of an epoch; need not be a whole number. */
  readonly stepsPerEpoch: number;
  readonly #stepsPerRound: number | null;
  readonly #size: EpochSize;

  constructor(training: Setting, size: EpochSize) {
    const { epochs = DEFAULT_EPOCHS, steps } = training;
    this.#size = size;
    this.#stepsPerRound = training.validate_every_steps ?? null;
    this.totalSteps = steps ?? countSteps(epochs, size.trainRows, size.minibatchSize);
    this.stepsPerEpoch = size.trainRows / size.minibatchSize;
  }

  /**
   * Whether the initial parameters are scored too, so that the best checkpoint is at least as good as they are. With small
   * initial weights they are the floor of independent elements.
   */
  get scoresStart(): boolean {
    return this.#stepsPerRound !== null;
  }

  /** Rounds that are complete after this many steps, without a shorter last one. */
  countAt(step: number): number {
    if (this.#stepsPerRound !== null) return Math.floor(step / this.#stepsPerRound);
    return this.countEpochsAt(step);
  }

  /** Epochs that are complete after this many steps. */
  countEpochsAt(step: number): number {
    return Math.floor((step * this.#size.minibatchSize) / this.#size.trainRows);
  }

  /** The step after which the round ends that `step` belongs to. */
  findEnd(step: number): number {
    return Math.min(this.#countStepsTo(this.countAt(step) + 1), this.totalSteps);
  }

  /** Whether a round ends after this many steps, or the start is scored. */
  isEnd(step: number): boolean {
    if (step === 0) return this.scoresStart;
    return step === this.totalSteps || step === this.#countStepsTo(this.countAt(step - 1) + 1);
  }

  /** The rounds without a better bound after which a training ends early; at least as long as the epochs asked for. */
  countPatience(epochs: number): number {
    if (this.#stepsPerRound === null) return epochs;
    return Math.ceil((epochs * this.stepsPerEpoch) / this.#stepsPerRound);
  }

  #countStepsTo(rounds: number): number {
    if (this.#stepsPerRound !== null) return rounds * this.#stepsPerRound;
    return countSteps(rounds, this.#size.trainRows, this.#size.minibatchSize);
  }
}
