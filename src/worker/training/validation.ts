import { Inference } from '../../model/evaluation/inference.ts';
import type { FloatArrays, Runtime } from '../../model/runtime/runtime.ts';
import type { ModelSpec } from '../../model/spec.ts';
import type { RowReader } from '../../store/datasets.ts';

/** Means over the validation rows, in nats per datapoint. */
export interface ValidationTerms {
  readonly elbo: number;
  readonly logLikelihood: number;
  readonly klDivergence: number;
}

const ROWS_AT_ONCE = 512;

/** Scores the validation rows with one draw each; the same noise every time, so that epochs can be compared. */
export class Validation {
  readonly #inference: Inference;
  readonly #reader: RowReader;
  readonly #rows: Uint32Array;
  readonly #seed: number;

  constructor(runtime: Runtime, model: ModelSpec, reader: RowReader, rows: Uint32Array, seed: number) {
    this.#inference = new Inference(runtime, model, reader.record.data_size);
    this.#reader = reader;
    this.#rows = rows;
    this.#seed = seed;
  }

  /** Null where there are no validation rows. */
  async score(parameters: FloatArrays): Promise<ValidationTerms | null> {
    if (this.#rows.length === 0) return null;
    let [elbo, logLikelihood, klDivergence] = [0, 0, 0];
    for (let start = 0; start < this.#rows.length; start += ROWS_AT_ONCE) {
      const rows = readValues(this.#reader, this.#rows.subarray(start, start + ROWS_AT_ONCE));
      const noise = { seed: this.#seed + start, stream: 'validationNoise' } as const;
      const terms = await this.#inference.elbo(parameters, rows, 1, noise);
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

function readValues(reader: RowReader, indices: Uint32Array) {
  const { record } = reader;
  const size = indices.length * record.data_size;
  const stored = record.dtype === 'uint8' ? new Uint8Array(size) : new Float32Array(size);
  reader.readRows(indices, stored);
  const data = Float32Array.from(stored, (value) => value * record.scale);
  return { shape: [indices.length, record.data_size], data };
}

function sum(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0);
}
