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

/** Rows as model input, and their numbers in the data set, which determine the noise. */
export interface RowBatch {
  readonly values: FloatArray;
  readonly numbers: Uint32Array;
}

export interface RowSet {
  readonly count: number;
  /** True if every value is known to be 0 or 1. */
  readonly isBinary: boolean;
  /** All rows in order, always in the same batches. */
  batches(): AsyncIterable<RowBatch>;
}

/** What a measure evaluates. */
export interface EvaluationInput {
  readonly runtime: Runtime;
  readonly model: ModelSpec;
  readonly training: TrainingSpec;
  readonly rowShape: Shape;
  readonly parameters: FloatArrays;
  readonly rows: RowSet;
  /** Rows that the model was trained on, to fit floors. */
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

/** The part of a report that measures fill. */
export type Measured = Omit<EvaluationReport, 'protocol' | 'warnings'>;

/** Computes one number of a report, or several that belong together. */
export type Measure<Name extends MeasureName> = (
  context: MeasureContext,
  spec: MeasureOf<Name>,
) => Promise<Measured>;

/** Mean and standard error over rows; null if not finite. */
export function summarizeRows(rows: Moments): { mean: number; standard_error: number | null } {
  return { mean: rows.mean, standard_error: toFiniteOrNull(rows.standardError) };
}

/** Standard error of a mean over rows, from the sum of squares of the rows' independent standard errors. */
export function computeMonteCarloError(squares: number, count: number): number | null {
  return toFiniteOrNull(Math.sqrt(squares) / count);
}

/** Converts nats per row to bits per dimension; only for log probabilities. */
export function toBitsPerDimension(nats: number, { kind, dataSize }: MeasureContext): number | null {
  return kind === 'log_probability' ? -nats / (dataSize * Math.LN2) : null;
}

export function toFiniteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
