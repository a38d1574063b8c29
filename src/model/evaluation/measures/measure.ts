import type { FloatArray, FloatArrays, Runtime } from '../../runtime/runtime.ts';
import type {
  EvaluationReport,
  MeasureName,
  MeasureOf,
  ModelSpec,
  ScoreKind,
  Shape,
  TrainingSpec,
} from '../../specification.ts';
import type { Vae } from '../../vae.ts';
import type { BatchedFunctions } from '../batches.ts';
import type { Moments } from '../moments.ts';
import type { Advance } from '../subject.ts';

/** Rows as a model takes them, and their numbers in the data set, which noise is keyed by. */
export interface RowBatch {
  readonly values: FloatArray;
  readonly numbers: Uint32Array;
}

export interface RowSet {
  readonly count: number;
  /** Every value is known to be 0 or 1. */
  readonly isBinary: boolean;
  /** All of them in their order, cut in the same way every time. */
  batches(): AsyncIterable<RowBatch>;
}

/** What measures are taken of. */
export interface EvaluationInput {
  readonly runtime: Runtime;
  readonly model: ModelSpec;
  readonly training: TrainingSpec;
  readonly rowShape: Shape;
  readonly parameters: FloatArrays;
  readonly rows: RowSet;
  /** What the model was trained on, for fitting floors. */
  readonly trainRows: RowSet;
  readonly seed: number;
}

export interface MeasureContext extends EvaluationInput {
  readonly vae: Vae;
  readonly dataSize: number;
  readonly functions: BatchedFunctions;
  readonly kind: ScoreKind;
  readonly advance: Advance;
}

/** What measures add to a report. */
export type Measured = Omit<EvaluationReport, 'protocol' | 'warnings'>;

/** One number that an evaluation reports, or several that belong together. */
export type Measure<Name extends MeasureName> = (
  context: MeasureContext,
  spec: MeasureOf<Name>,
) => Promise<Measured>;

/** Mean and standard error over rows as they are reported: null where there is none. */
export function summarizeRows(rows: Moments): { mean: number; standard_error: number | null } {
  return { mean: rows.mean, standard_error: finiteOrNull(rows.standardError) };
}

/** Of a mean over rows whose own standard errors, all independent, have this sum of squares. */
export function monteCarloError(squares: number, count: number): number | null {
  return finiteOrNull(Math.sqrt(squares) / count);
}

/** Nats per row as bits per dimension, for log probabilities alone. */
export function bitsPerDimension(nats: number, { kind, dataSize }: MeasureContext): number | null {
  return kind === 'log_probability' ? -nats / (dataSize * Math.LN2) : null;
}

export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
