import Type, { type Static, type TObject, type TProperties } from 'typebox';
import { DATASET_PARTS, MarginalMeasure, type DatasetPart } from '../model/specification.ts';
import { PackedArray, type ArrayKind, type ArrayKinds, type Matrix } from './arrays.ts';

/** What a model can be asked: for each operation its input, and the arrays of its output by kind. */

const index = Type.Integer({ minimum: 0 });
const atLeastOne = Type.Integer({ minimum: 1 });
const seed = index;
/** First axis: rows that are computed independently of each other, but for the noise, which is keyed by position. */
const rows = PackedArray;

export const OPERATIONS = {
  /** q(z|x) of rows [n, data_size], and that many draws from it: samples [draws, n, latent_size]. */
  encode: {
    input: { rows, draws: index, seed },
    output: { mean: 'matrix', standard_deviation: 'matrix' },
    optional: { samples: 'cube' },
  },
  /** The expectation of x at points [n, latent_size]. */
  decode: { input: { rows }, output: { mean: 'matrix' } },
  reconstruct: { input: { rows }, output: { mean: 'matrix' } },
  /** Rows of the model's data set by index, and what they are: data [n, data_size]. */
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
  /** effective_sample_size is of importance sampling; acceptance [1] of the posterior density's chains. */
  log_marginal_likelihood: {
    input: { rows, marginal: MarginalMeasure, seed },
    output: { log_marginal_likelihood: 'vector', standard_error: 'vector' },
    optional: { effective_sample_size: 'vector', acceptance: 'vector' },
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
  /** rows are indices in the data set; labels their classes, if the data set has some. */
  scatter: {
    input: {
      part: Type.Unsafe<DatasetPart>({ type: 'string', enum: [...DATASET_PARTS] }),
      limit: atLeastOne,
    },
    output: { mean: 'matrix', rows: 'indices' },
    optional: { labels: 'indices' },
  },
} as const satisfies Record<string, OperationTypes>;

type Kinds = Readonly<Record<string, ArrayKind>>;
export interface OperationTypes {
  readonly input: TProperties;
  readonly output: Kinds;
  /** Arrays that are there only if the input asks for them, or the data set has them. */
  readonly optional?: Kinds;
}

type Table = typeof OPERATIONS;
export type Operation = keyof Table;

/** As processors take it: rows are arrays, and no longer packed. */
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

/** Operations on rows that the request brings: those of one model, checkpoint and operation can be run together. */
export type RowOperation = {
  [Name in Operation]: Inputs[Name] extends { readonly rows: Matrix } ? Name : never;
}[Operation];

export const CheckpointChoice = Type.Union([Type.Literal('latest'), Type.Literal('best'), Type.Integer()]);
export type CheckpointChoice = Static<typeof CheckpointChoice>;

export const INFER_VERSION = 2;

export interface InferPayload<Name extends Operation = Operation> {
  readonly version: typeof INFER_VERSION;
  readonly modelId: string;
  readonly checkpoint: CheckpointChoice;
  /** The work may take so long, from when it begins: nobody waits for it longer. */
  readonly timeLimitMs: number;
  readonly operation: Name;
  readonly input: Inputs[Name];
}

export interface InferResult<Name extends Operation = Operation> {
  /** Of the checkpoint that answered. */
  readonly step: number;
  readonly output: Outputs[Name];
  readonly computeMs: number;
}
