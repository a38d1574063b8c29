import type { Inference } from '../../model/evaluation/compiled-model.ts';
import type { Calibration } from '../../model/scoring/calibration.ts';
import { ESTIMATOR_VERSION } from '../../model/scoring/score-rows.ts';
import { AppError } from '../../errors.ts';
import type { Uncalibrated } from '../../queue/operations.ts';
import type { ModelStore } from '../../store/models.ts';
import type { LoadedModel } from '../loaded-models.ts';
import type { OpenDatasets } from '../open-datasets.ts';
import { calibrate } from './calibrate.ts';

/** A calibration, or why there is none. */
export type FoundCalibration = Calibration | Uncalibrated;

const KEPT = 8;

/** The calibrations of the most recently used checkpoints. */
export class Calibrations {
  readonly #models: ModelStore;
  readonly #datasets: OpenDatasets;
  readonly #kept = new Map<string, Promise<FoundCalibration>>();

  constructor(models: ModelStore, datasets: OpenDatasets) {
    this.#models = models;
    this.#datasets = datasets;
  }

  /**
   * Loads the calibration of a checkpoint. If it has none, as checkpoints that no training ended with, computes and stores it:
   * the work goes on when the request that asked first gives up, so that the next one finds it.
   */
  async find(model: LoadedModel<Inference>): Promise<FoundCalibration> {
    const key = `${model.record.id} ${JSON.stringify(model.checkpoint)}`;
    const found = this.#kept.get(key) ?? this.#load(model);
    this.#keep(key, found);
    try {
      return await found;
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    }
  }

  async #load(model: LoadedModel<Inference>): Promise<FoundCalibration> {
    const { record, checkpoint } = model;
    const stored = await this.#models.loadCalibration(record.id, checkpoint, ESTIMATOR_VERSION);
    if (stored !== null) return stored;
    const computed = await this.#compute(model);
    if (typeof computed !== 'string') {
      await this.#models.saveCalibration(record.id, checkpoint, {
        estimator: ESTIMATOR_VERSION,
        ...computed,
      });
    }
    return computed;
  }

  async #compute(model: LoadedModel<Inference>): Promise<FoundCalibration> {
    try {
      return await this.#datasets.use(model.record.dataset_id, async (reader) => {
        return (await calibrate({ ...model, reader })) ?? 'no_validation_rows';
      });
    } catch (error) {
      if (error instanceof AppError && error.code === 'dataset_not_found') return 'dataset_removed';
      throw error;
    }
  }

  /** Makes it the most recently used one and drops the least recently used one if there are too many. */
  #keep(key: string, found: Promise<FoundCalibration>): void {
    this.#kept.delete(key);
    this.#kept.set(key, found);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}
