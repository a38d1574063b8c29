import { Inference } from '../../model/evaluation/compiled-model.ts';
import type { Runtime } from '../../model/runtime/runtime.ts';
import type { Store } from '../../store/store.ts';
import type { WhichCheckpoint } from '../../store/models.ts';
import { LoadedModels } from '../loaded-models.ts';
import { OpenDatasets } from '../open-datasets.ts';
import { Calibrations } from '../scoring/calibrations.ts';
import type { InferenceSubject } from './operation.ts';

export interface SubjectDependencies {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly warn: (message: string) => void;
}

/** Recently used models, data sets and calibrations, kept in memory. */
export class Subjects {
  readonly datasets: OpenDatasets;
  readonly #models: LoadedModels<Inference>;
  readonly #calibrations: Calibrations;

  constructor({ runtime, store, warn }: SubjectDependencies) {
    this.datasets = new OpenDatasets(store.datasets);
    this.#models = new LoadedModels({
      models: store.models,
      warn,
      create: (record, parameters) =>
        Inference.ofParameters(runtime, record.model, record.row_shape, parameters),
    });
    this.#calibrations = new Calibrations(store.models, this.datasets);
  }

  /** `check` is called before each batch: if it throws, the work ends. Errors: those of LoadedModels.use and of the work. */
  use<Result>(
    modelId: string,
    which: WhichCheckpoint,
    check: () => void,
    work: (subject: InferenceSubject) => Promise<Result>,
  ): Promise<Result> {
    return this.#models.use(modelId, which, (model) =>
      work({
        ...model,
        inference: model.inference.withCheck(check),
        datasets: this.datasets,
        findCalibration: () => this.#calibrations.find(model),
      }),
    );
  }
}
