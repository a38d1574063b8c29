import type { FloatArrays } from '../../model/runtime/runtime.ts';
import { trainingStepBytes } from '../../model/training/step.ts';
import type { Rounds } from '../../model/training/rounds.ts';
import type { ChunkTerms } from '../../model/training/chunk-terms.ts';
import type { Trainer } from '../../model/training/trainer.ts';
import { DEFAULT_EPOCHS } from '../../model/specification.ts';
import { AppError } from '../../errors.ts';
import type { TrainPayload, TrainProgress, TrainResult } from '../../queue/jobs.ts';
import { InterruptedError, type JobContext } from '../../queue/queues.ts';
import type { MetricsLine, ModelStore } from '../../store/models.ts';
import { ChunkSize } from './chunk-size.ts';
import type { EarlyStopping } from './early-stopping.ts';
import { Rate } from './rate.ts';
import type { BoundScorer, BoundTerms } from './bound-scorer.ts';

const PROGRESS_EVERY_MS = 400;
/** Long epochs also write checkpoints in between, so that a crash never costs more than this. */
const CHECKPOINT_EVERY_MS = 120_000;

export interface RunOptions {
  readonly context: JobContext<'train'>;
  readonly payload: TrainPayload;
  readonly models: ModelStore;
  readonly trainer: Trainer;
  readonly scorer: BoundScorer;
  /** Has seen the rounds up to the checkpoint that the run continues; null if the training does not stop early. */
  readonly stopping: EarlyStopping | null;
  readonly rounds: Rounds;
  readonly minibatchSize: number;
  readonly runtimeName: string;
  /** Of the checkpoint that the run continues, if any. */
  readonly validationElbo: number | null;
}

/** One training job in one process: chunks, progress, validation, metrics, checkpoints, until done or told to stop. */
export class TrainingRun {
  readonly #options: RunOptions;
  readonly #chunk: ChunkSize;
  readonly #rate = new Rate();
  #observed = { count: 0, elbo: 0 };
  #trainElbo: number | null = null;
  #validationElbo: number | null;
  /** Null before the first checkpoint. */
  #savedStep: number | null;
  #savedAt = performance.now();
  #reportedAt = -Infinity;

  constructor(options: RunOptions) {
    const { minibatchSize, trainer } = options;
    this.#options = options;
    this.#chunk = new ChunkSize(trainingStepBytes(trainer.algorithm, minibatchSize, trainer.vae.dataSize));
    this.#savedStep = this.#begins ? null : trainer.step;
    this.#validationElbo = options.validationElbo;
  }

  async finish(): Promise<TrainResult> {
    const { trainer, context } = this.#options;
    await this.#report();
    if (this.#begins) await this.#endRound();
    while (!this.#isOver) {
      if (context.signal.aborted) return this.#stop();
      await this.#advance();
    }
    return { outcome: 'succeeded', step: trainer.step, validationElbo: this.#validationElbo };
  }

  /** Whether the initial parameters are yet to be scored and saved. */
  get #begins(): boolean {
    const { trainer, rounds, validationElbo } = this.#options;
    return trainer.step === 0 && rounds.scoresStart && validationElbo === null;
  }

  /** Whether it is at its last step, or stops early at the end of this round. */
  get #isOver(): boolean {
    const { trainer, stopping } = this.#options;
    if (trainer.step >= this.#options.rounds.totalSteps) return true;
    return stopping !== null && stopping.isDue && this.#options.rounds.isEnd(trainer.step);
  }

  async #advance(): Promise<void> {
    const { trainer, minibatchSize } = this.#options;
    const roundEnd = this.#options.rounds.findEnd(trainer.step);
    const steps = Math.min(this.#chunk.steps, roundEnd - trainer.step);
    const started = performance.now();
    const terms = await trainer.run(steps);
    const ms = performance.now() - started;
    this.#chunk.record(steps, ms);
    this.#rate.record(steps * minibatchSize, ms);
    await this.#observe(terms);
    if (trainer.step === roundEnd) await this.#endRound();
    else if (performance.now() - this.#savedAt > CHECKPOINT_EVERY_MS) await this.#save(this.#validationElbo);
    if (performance.now() - this.#reportedAt > PROGRESS_EVERY_MS) await this.#report();
    // Lets messages (cancel, shutdown) in: a run on the runtime blocks the thread.
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #observe(terms: ChunkTerms): Promise<void> {
    if (terms.divergedAt !== null) throw await this.#describeDivergence('the bound', terms.divergedAt);
    if (terms.observed === 0 || terms.elbo === null) return;
    const count = this.#observed.count + terms.observed;
    const elbo = this.#observed.elbo + (terms.elbo - this.#observed.elbo) * (terms.observed / count);
    this.#observed = { count, elbo };
    this.#trainElbo = elbo;
  }

  async #endRound(): Promise<void> {
    const { trainer, scorer, models, payload } = this.#options;
    const { checkpoint_every_epochs: every, keep_checkpoints: keep } = payload.training;
    const parameters = await trainer.parameters();
    await this.#assertFinite(parameters);
    const validation = await scorer.scoreValidation(parameters);
    if (validation && !Number.isFinite(validation.elbo))
      throw await this.#describeDivergence('the validation bound', trainer.step);
    this.#validationElbo = validation?.elbo ?? null;
    const test = await scorer.watchTestRows(parameters);
    await models.appendMetrics(payload.modelId, this.#makeMetricsLine(validation, test));
    this.#options.stopping?.add(this.#validationElbo);
    this.#observed = { count: 0, elbo: 0 };
    if (this.#options.rounds.countAt(trainer.step) % every !== 0 && !this.#isOver) return;
    await this.#save(this.#validationElbo);
    await models.pruneCheckpoints(payload.modelId, keep);
    await this.#report();
  }

  async #save(validationElbo: number | null): Promise<void> {
    const { trainer, models, payload, scorer } = this.#options;
    if (trainer.step === this.#savedStep) return;
    const snapshot = await trainer.snapshot();
    await this.#assertFinite(snapshot.parameters);
    if (!(await scorer.isUsable(snapshot.parameters)))
      throw await this.#describeDivergence('the bound', trainer.step);
    await models.saveCheckpoint(payload.modelId, {
      step: trainer.step,
      epoch: this.#epoch,
      seed: payload.training.seed,
      validationElbo: this.#options.rounds.isEnd(trainer.step) ? validationElbo : null,
      ...snapshot,
    });
    this.#savedStep = trainer.step;
    this.#savedAt = performance.now();
  }

  /** Saves a checkpoint before it stops: cancelled, or interrupted by a shutdown. */
  async #stop(): Promise<TrainResult> {
    const { trainer, context } = this.#options;
    await this.#save(this.#validationElbo);
    await this.#report();
    if (context.signal.reason !== 'cancel') throw new InterruptedError();
    return { outcome: 'cancelled', step: trainer.step, validationElbo: this.#validationElbo };
  }

  async #assertFinite(parameters: FloatArrays): Promise<void> {
    for (const [name, { data }] of Object.entries(parameters)) {
      if (!data.every(Number.isFinite))
        throw await this.#describeDivergence(`parameter ${name}`, this.#options.trainer.step);
    }
  }

  async #describeDivergence(quantity: string, step: number): Promise<AppError> {
    const { models, payload } = this.#options;
    const last = (await models.listCheckpoints(payload.modelId)).at(-1);
    const checkpoint = last
      ? `The checkpoint of step ${last.step} is kept and usable.`
      : 'There was no checkpoint before it.';
    return AppError.of('training_diverged', { step, quantity, checkpoint });
  }

  get #epoch(): number {
    return this.#options.rounds.countEpochsAt(this.#options.trainer.step);
  }

  #makeMetricsLine(validation: BoundTerms | null, test: BoundTerms | null): MetricsLine {
    return {
      step: this.#options.trainer.step,
      epoch: this.#epoch,
      time: new Date().toISOString(),
      train_elbo: this.#observed.count > 0 ? this.#observed.elbo : null,
      validation_elbo: validation?.elbo ?? null,
      validation_log_likelihood: validation?.logLikelihood ?? null,
      validation_kl_divergence: validation?.klDivergence ?? null,
      test_elbo: test?.elbo ?? null,
      test_log_likelihood: test?.logLikelihood ?? null,
      test_kl_divergence: test?.klDivergence ?? null,
      rows_per_second: this.#rate.rowsPerSecond,
    };
  }

  async #report(): Promise<void> {
    const { trainer, payload, minibatchSize, context, runtimeName } = this.#options;
    const { rowsPerSecond } = this.#rate;
    const rowsLeft = (this.#options.rounds.totalSteps - trainer.step) * minibatchSize;
    const progress: TrainProgress = {
      step: trainer.step,
      totalSteps: this.#options.rounds.totalSteps,
      epoch: this.#epoch,
      epochs: payload.training.steps === undefined ? (payload.training.epochs ?? DEFAULT_EPOCHS) : null,
      rowsPerSecond,
      trainElbo: this.#trainElbo,
      validationElbo: this.#validationElbo,
      secondsLeft: rowsPerSecond > 0 ? rowsLeft / rowsPerSecond : null,
      runtime: runtimeName,
      pid: process.pid,
    };
    this.#reportedAt = performance.now();
    await context.reportProgress(progress);
  }
}
