import { Inference } from '../../model/evaluation/compiled-model.ts';
import type { FloatArrays, Runtime } from '../../model/runtime/runtime.ts';
import type { ModelSpec, TrainingSpec } from '../../model/specification.ts';
import type { Split } from '../../model/dataset.ts';
import type { RowReader } from '../../store/datasets.ts';
import { readValues, rowSet } from '../row-values.ts';

/** Means over the validation rows, in nats per datapoint. */
export interface ValidationTerms {
  readonly elbo: number;
  readonly logLikelihood: number;
  readonly klDivergence: number;
}

const PROBE_ROWS = 64;

/**
 * Scores the validation rows with one draw each; the same noise every time, so that epochs can be compared. Where training
 * sees zeros and ones, so does this: drawn once for each row. mcem has no encoder and so no bound.
 */
export class Validation {
  readonly #inference: Inference;
  readonly #reader: RowReader;
  readonly #rows: Uint32Array;
  readonly #probe: Uint32Array;
  readonly #training: TrainingSpec;

  constructor(
    runtime: Runtime,
    model: ModelSpec,
    training: TrainingSpec,
    reader: RowReader,
    { train, validation: rows }: Split,
  ) {
    this.#inference = Inference.of(runtime, model, reader.record.data_size);
    this.#reader = reader;
    this.#rows = training.algorithm.name === 'mcem' ? new Uint32Array() : rows;
    this.#probe = train.subarray(0, PROBE_ROWS);
    this.#training = training;
  }

  /** Whether the bound of some training rows is finite: finite parameters alone do not make a model usable. */
  async isUsable(parameters: FloatArrays): Promise<boolean> {
    if (this.#training.algorithm.name === 'mcem') return true;
    const rows = await readValues(this.#reader, this.#probe, this.#training);
    const noise = { seed: this.#training.seed, stream: 'validationNoise' } as const;
    const { elbo } = await this.#inference.elbo(parameters, rows, 1, noise);
    return elbo.data.every(Number.isFinite);
  }

  /** Null where there are no validation rows. */
  async score(parameters: FloatArrays): Promise<ValidationTerms | null> {
    if (this.#rows.length === 0) return null;
    let [elbo, logLikelihood, klDivergence] = [0, 0, 0];
    for await (const { values, numbers } of rowSet(this.#reader, this.#rows, this.#training).batches()) {
      const noise = { seed: this.#training.seed, stream: 'validationNoise', rows: numbers } as const;
      const terms = await this.#inference.elbo(parameters, values, 1, noise);
      elbo += sum(terms.elbo.data);
      logLikelihood += sum(terms.log_likelihood.data);
      klDivergence += sum(terms.kl_divergence.data);
    }
    const count = this.#rows.length;
    return { elbo: elbo / count, logLikelihood: logLikelihood / count, klDivergence: klDivergence / count };
  }

  dispose(): Promise<void> {
    return this.#inference.dispose();
  }
}

function sum(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0);
}
