import { Inference } from '../../model/evaluation/compiled-model.ts';
import type { FloatArrays, Runtime } from '../../model/runtime/runtime.ts';
import { trainsEncoder, type ModelSpec, type TrainingSpec } from '../../model/specification.ts';
import type { Split } from '../../model/dataset.ts';
import type { RowReader } from '../../store/datasets.ts';
import { readValues, createRowSet } from '../row-values.ts';

/** Means over rows, in nats per datapoint. */
export interface BoundTerms {
  readonly elbo: number;
  readonly logLikelihood: number;
  readonly klDivergence: number;
}

const PROBE_ROWS = 64;
const NO_ROWS = new Uint32Array();

export interface ScoredTraining {
  readonly runtime: Runtime;
  readonly model: ModelSpec;
  readonly training: TrainingSpec;
  readonly reader: RowReader;
  readonly split: Split;
}

/**
 * Computes the bound of rows with one draw each. Noise is keyed by row and is the same every time, so epochs can be compared.
 * If training sees zeros and ones, so does this: drawn once for each row. mcem has no encoder and so no bound.
 */
export class BoundScorer {
  readonly inference: Inference;
  readonly #reader: RowReader;
  readonly #training: TrainingSpec;
  readonly #validation: Uint32Array;
  readonly #watched: Uint32Array;
  readonly #probe: Uint32Array;

  constructor({ runtime, model, training, reader, split }: ScoredTraining) {
    const hasBound = trainsEncoder(training);
    this.inference = Inference.of(runtime, model, reader.record.row_shape);
    this.#reader = reader;
    this.#training = training;
    this.#validation = hasBound ? split.validation : NO_ROWS;
    this.#watched = hasBound && training.watch_test_rows === true ? split.test : NO_ROWS;
    this.#probe = split.train.subarray(0, PROBE_ROWS);
  }

  /** Whether the bound of some training rows is finite: finite parameters alone do not make a model usable. */
  async isUsable(parameters: FloatArrays): Promise<boolean> {
    if (!trainsEncoder(this.#training)) return true;
    const rows = await readValues(this.#reader, this.#probe, this.#training);
    const noise = { seed: this.#training.seed, stream: 'validationNoise' } as const;
    const { elbo } = await this.inference.elbo(parameters, rows, 1, noise);
    return elbo.data.every(Number.isFinite);
  }

  /** Null if there are no validation rows. */
  scoreValidation(parameters: FloatArrays): Promise<BoundTerms | null> {
    return this.#score(parameters, this.#validation);
  }

  /**
   * Null if test rows are not watched, or if their bound is not finite: test rows influence nothing, so they must not stop a
   * training either.
   */
  async watchTestRows(parameters: FloatArrays): Promise<BoundTerms | null> {
    const terms = await this.#score(parameters, this.#watched);
    return terms && Object.values(terms).every(Number.isFinite) ? terms : null;
  }

  async #score(parameters: FloatArrays, rows: Uint32Array): Promise<BoundTerms | null> {
    if (rows.length === 0) return null;
    let [elbo, logLikelihood, klDivergence] = [0, 0, 0];
    for await (const { values, numbers } of createRowSet(this.#reader, rows, this.#training).batches()) {
      const noise = { seed: this.#training.seed, stream: 'validationNoise', rows: numbers } as const;
      const terms = await this.inference.elbo(parameters, values, 1, noise);
      elbo += sum(terms.elbo.data);
      logLikelihood += sum(terms.log_likelihood.data);
      klDivergence += sum(terms.kl_divergence.data);
    }
    const count = rows.length;
    return { elbo: elbo / count, logLikelihood: logLikelihood / count, klDivergence: klDivergence / count };
  }

  dispose(): Promise<void> {
    return this.inference.dispose();
  }
}

function sum(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0);
}
