import Type, { type Static, type TObject, type TProperties } from 'typebox';
import { DATASET_PARTS, MarginalMeasure, type DatasetPart } from '../model/specification.ts';
import { PackedArray, type ArrayKind, type ArrayKinds, type Matrix } from './arrays.ts';

/** What models can compute: for each operation its input and the kinds of its output arrays. */

const index = Type.Integer({ minimum: 0 });
const atLeastOne = Type.Integer({ minimum: 1 });
const seed = index;
/** Each row (first axis) is computed independently of the others, except that noise depends on its position. */
const rows = PackedArray;

/** What was expected of values: mean for rows that are no table, the other arrays for tables. */
const expectedValues = {
  low: 'matrix',
  median: 'matrix',
  high: 'matrix',
  codes: 'cube',
  code_probabilities: 'cube',
  mean: 'matrix',
} as const;

export const OPERATIONS = {
  /** q(z|x) of rows [n, data_size], and draws from it: samples [draws, n, latent_size]. */
  encode: {
    input: { rows, draws: index, seed },
    output: { mean: 'matrix', standard_deviation: 'matrix' },
    optional: { samples: 'cube' },
  },
  /** The expectation of x at points [n, latent_size]. */
  decode: { input: { rows }, output: { mean: 'matrix' } },
  reconstruct: { input: { rows }, output: { mean: 'matrix' } },
  /** Rows of the model's data set by index. data [n, data_size]: the rows themselves. */
  reconstruct_dataset_rows: {
    input: { datasetRows: Type.Array(index) },
    output: { mean: 'matrix', data: 'matrix' },
  },
  /** Draws of z, their expectations and, with drawData, draws of x. */
  sample: {
    input: { samples: index, seed, drawData: Type.Boolean() },
    output: { latents: 'matrix', mean: 'matrix' },
    optional: { data: 'matrix' },
  },
  /** standard_error is NaN for one draw. With byColumn, log_likelihood_by_column [n, columns]. */
  elbo: {
    input: { rows, draws: atLeastOne, seed, byColumn: Type.Boolean() },
    output: {
      elbo: 'vector',
      log_likelihood: 'vector',
      kl_divergence: 'vector',
      standard_error: 'vector',
    },
    optional: { log_likelihood_by_column: 'matrix' },
  },
  /** effective_sample_size only for importance sampling; acceptance [1] only for the posterior density's chains. */
  log_marginal_likelihood: {
    input: { rows, marginal: MarginalMeasure, seed },
    output: { log_marginal_likelihood: 'vector', standard_error: 'vector' },
    optional: { effective_sample_size: 'vector', acceptance: 'vector' },
  },
  /**
   * score: -log p(x). at_least: how many of the calibration_rows [1] scores are at least as large; uncalibrated [1]: why there are
   * none, an index into {@link UNCALIBRATED}. With byColumn, matrices [n, columns]: surprise -log p(x_j|x without j), NaN for a
   * missing value; excess: the surprise beyond the calibration's median, NaN without one; column_at_least of the column_rows
   * [columns]. With expected, for tables, [n, features]: quantiles of numbers (NaN for codes), and [n, features, k] the likeliest
   * codes with their probabilities (NaN beyond the last); otherwise mean [n, data_size].
   */
  score: {
    input: { rows, byColumn: Type.Boolean(), expected: Type.Boolean() },
    output: {
      score: 'vector',
      standard_error: 'vector',
      at_least: 'indices',
      calibration_rows: 'indices',
    },
    optional: {
      uncalibrated: 'indices',
      surprise: 'matrix',
      excess: 'matrix',
      column_at_least: 'matrix',
      column_rows: 'indices',
      ...expectedValues,
    },
  },
  /**
   * Missing values (NaN) of rows, from rounds * 64 draws of z. draws [draws, n, data_size]: whole rows. For tables low, median,
   * high, codes and code_probabilities as for score, NaN where a value is given; otherwise mean [n, data_size], whole rows.
   */
  impute: {
    input: { rows, rounds: atLeastOne, draws: index, seed },
    output: { effective_sample_size: 'vector' },
    optional: { ...expectedValues, draws: 'cube' },
  },
  /**
   * At most so many validation rows of a table beside as many samples. rows [1]: how many; missing [features]: share of the rows.
   * moments [features, 4]: mean, its error, standard deviation, its error, NaN for codes; [features, k] the most frequent codes
   * of the data with their shares, NaN beyond the last. The features [2] whose correlations (data, samples) differ most. auc [2]:
   * of a classifier that tells both apart, and its error.
   */
  fidelity: {
    input: { samples: atLeastOne, seed },
    output: {
      rows: 'indices',
      missing: 'vector',
      data_moments: 'matrix',
      sample_moments: 'matrix',
      codes: 'matrix',
      data_shares: 'matrix',
      sample_shares: 'matrix',
      auc: 'vector',
    },
    optional: { correlated: 'indices', correlations: 'vector' },
  },
  /** size * size points. */
  manifold: { input: { size: atLeastOne }, output: { latents: 'matrix', mean: 'matrix' } },
  /** Points [dimensions * steps, latent_size] through the mean of a row, or through the prior's medians. */
  traversal: {
    input: { steps: atLeastOne, dimension: Type.Optional(index), datasetRow: Type.Optional(index) },
    output: { base: 'vector', dimensions: 'indices', latents: 'matrix', mean: 'matrix' },
  },
  interpolate: {
    input: { from: index, to: index, steps: atLeastOne },
    output: { latents: 'matrix', mean: 'matrix' },
  },
  /** rows are indices into the data set; labels are their classes, if the data set has labels. */
  scatter: {
    input: {
      part: Type.Unsafe<DatasetPart>({ type: 'string', enum: [...DATASET_PARTS] }),
      limit: atLeastOne,
    },
    output: { mean: 'matrix', rows: 'indices' },
    optional: { labels: 'indices' },
  },
} as const satisfies Record<string, OperationTypes>;

/** Why scores of a model have no calibration. */
export const UNCALIBRATED = ['no_validation_rows', 'dataset_removed'] as const;
export type Uncalibrated = (typeof UNCALIBRATED)[number];

type Kinds = Readonly<Record<string, ArrayKind>>;
export interface OperationTypes {
  readonly input: TProperties;
  readonly output: Kinds;
  /** Arrays that exist only if the input asks for them or the data set has them. */
  readonly optional?: Kinds;
}

type Table = typeof OPERATIONS;
export type Operation = keyof Table;

/** As processors receive it, with rows unpacked. */
type Unpacked<Input> = {
  readonly [Field in keyof Input]: Input[Field] extends PackedArray ? Matrix : Input[Field];
};
export type Inputs = { readonly [Name in Operation]: Unpacked<Static<TObject<Table[Name]['input']>>> };

type ArraysOf<Row extends OperationTypes> = {
  readonly [Field in keyof Row['output']]: ArrayKinds[Row['output'][Field]];
} & {
  readonly [Field in keyof Row['optional']]?: ArrayKinds[NonNullable<Row['optional']>[Field] & ArrayKind];
};
export type Outputs = { readonly [Name in Operation]: ArraysOf<Table[Name]> };

/** Operations on rows of the request. Requests with the same model, checkpoint and operation can be run together. */
export type RowOperation = {
  [Name in Operation]: Inputs[Name] extends { readonly rows: Matrix } ? Name : never;
}[Operation];

export const CheckpointChoice = Type.Union([Type.Literal('latest'), Type.Literal('best'), Type.Integer()]);
export type CheckpointChoice = Static<typeof CheckpointChoice>;

export const INFER_VERSION = 2;

/** What a caller orders. */
export interface InferOrder<Name extends Operation = Operation> {
  readonly modelId: string;
  readonly checkpoint: CheckpointChoice;
  readonly operation: Name;
  readonly input: Inputs[Name];
  /** How long the caller waits. */
  readonly timeoutMs: number;
  /** Aborted when the caller waits no longer; the reason is an error. */
  readonly signal?: AbortSignal;
}

export interface InferPayload<Name extends Operation = Operation> extends Omit<
  InferOrder<Name>,
  'timeoutMs' | 'signal'
> {
  readonly version: typeof INFER_VERSION;
  /** Time limit from the start of the work; after that nobody waits for it. */
  readonly timeLimitMs: number;
}

export interface InferResult<Name extends Operation = Operation> {
  /** Step of the checkpoint that was used. */
  readonly step: number;
  /** SHA-256 of its parameters; workers of earlier versions do not tell. */
  readonly digest?: string;
  readonly output: Outputs[Name];
  readonly computeMs: number;
}

/** A result as the caller gets it. */
export interface InferAnswer<Name extends Operation = Operation> extends InferResult<Name> {
  /** Waiting for a worker, and transport in both directions. */
  readonly queueMs: number;
  /** Waiting for a run that the request could share. */
  readonly batchMs?: number;
  /** Rows of the run that it shared, or of the last one of several. */
  readonly batchRows?: number;
}
