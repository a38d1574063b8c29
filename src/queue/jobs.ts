import Type, { type Static } from 'typebox';
import {
  DATASET_PARTS,
  EvaluationSpec,
  Marginal,
  ModelSpec,
  SplitRule,
  TrainingSpec,
  type DatasetPart,
  type EvaluationReport,
} from '../model/specification.ts';

/** What goes over the queue: one entry a job name, validated again on arrival. Field names are ours, not an API's. */

const closed = { additionalProperties: false } as const;
/** Raise a version with a migration (src/queue/migrations.ts): payloads of the version before may still wait in a queue. */
export const PAYLOAD_VERSIONS = { train: 2, evaluate: 2, infer: 1 } as const;
const Checkpoint = Type.Union([Type.Literal('latest'), Type.Literal('best'), Type.Integer()]);

export const TrainPayload = Type.Object(
  {
    version: Type.Literal(PAYLOAD_VERSIONS.train),
    modelId: Type.String(),
    datasetId: Type.String(),
    model: ModelSpec,
    training: TrainingSpec,
    split: SplitRule,
    /** For people; not read by the worker. Absent in jobs of earlier versions. */
    warnings: Type.Optional(Type.Array(Type.String())),
  },
  closed,
);
export type TrainPayload = Static<typeof TrainPayload>;

export interface TrainResult {
  readonly outcome: 'succeeded' | 'cancelled';
  readonly step: number;
  readonly validationElbo: number | null;
}

/** Latest news of a running training job; elbo in nats per datapoint. */
export interface TrainProgress {
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly rowsPerSecond: number;
  readonly trainElbo: number | null;
  readonly validationElbo: number | null;
  readonly secondsLeft: number | null;
  readonly runtime: string;
  readonly pid: number;
}

export const EvaluatePayload = Type.Object(
  {
    version: Type.Literal(PAYLOAD_VERSIONS.evaluate),
    modelId: Type.String(),
    checkpoint: Checkpoint,
    datasetId: Type.String(),
    evaluation: EvaluationSpec,
  },
  closed,
);
export type EvaluatePayload = Static<typeof EvaluatePayload>;

export type EvaluateResult =
  ({ readonly outcome: 'succeeded' } & EvaluationReport) | { readonly outcome: 'cancelled' };

/** Latest news of a running evaluation: rows of the measure that it is at. */
export interface EvaluateProgress {
  readonly measure: string;
  readonly rowsDone: number;
  readonly rows: number;
  readonly secondsLeft: number | null;
  readonly runtime: string;
  readonly pid: number;
}

export const OPERATIONS = [
  'encode',
  'decode',
  'sample',
  'reconstruct',
  'elbo',
  'log_marginal_likelihood',
  'manifold',
  'traversal',
  'interpolate',
  'scatter',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** float32 values, row-major, little-endian, as base64. */
export const PackedArray = Type.Object({ shape: Type.Array(Type.Integer()), data: Type.String() }, closed);
export type PackedArray = Static<typeof PackedArray>;

export const InferPayload = Type.Object(
  {
    version: Type.Literal(PAYLOAD_VERSIONS.infer),
    modelId: Type.String(),
    operation: Type.Unsafe<Operation>({ type: 'string', enum: [...OPERATIONS] }),
    checkpoint: Checkpoint,
    /** [rows, data_size] (encode, reconstruct, elbo, log_marginal_likelihood), [rows, latent_size] (decode), null (all others). */
    rows: Type.Union([PackedArray, Type.Null()]),
    /**
     * In the place of `rows`, rows of the model's data set by index: any for reconstruct, the two ends for interpolate, the
     * base for traversal (absent: the prior's medians).
     */
    datasetRows: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }))),
    /** scatter: which rows; all others: absent. */
    part: Type.Optional(Type.Unsafe<DatasetPart>({ type: 'string', enum: [...DATASET_PARTS] })),
    /** traversal: the only dimension that is moved. */
    dimension: Type.Optional(Type.Integer({ minimum: 0 })),
    /**
     * sample: how many; encode: draws of z for each row (0 = none); elbo: L; manifold: pictures on a side; traversal,
     * interpolate: steps; scatter: most rows.
     */
    count: Type.Integer({ minimum: 0 }),
    seed: Type.Integer({ minimum: 0 }),
    /** The work may take so long, from when it is begun: nobody waits for it longer. */
    timeLimitMs: Type.Number({ exclusiveMinimum: 0 }),
    /** log_marginal_likelihood: how it is estimated. */
    marginal: Type.Optional(Marginal),
    /** sample: also draws x from p(x|z). Absent: false. */
    drawData: Type.Optional(Type.Boolean()),
    /** elbo: also the terms of the log likelihood. Absent: false. */
    byColumn: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type InferPayload = Static<typeof InferPayload>;

/**
 * encode: mean, standard_deviation [n, J], samples [count, n, J] if count > 0. decode, sample, reconstruct, manifold,
 * traversal, interpolate: mean [n, D] (the expectation under p(x|z)); but for decode and reconstruct also latents [n, J],
 * and data [n, D]: reconstruct where the rows are of the data set, sample if drawData. Traversal: n is dimension by step, as in dimensions
 * [n / count], and base [1, J]. scatter: mean [n, J], rows [n] (bitsOf), labels [n] where the data set has them. elbo: elbo,
 * log_likelihood, kl_divergence, standard_error [n] (NaN for one draw) and, if byColumn,
 * log_likelihood_by_column [n, columns]. log_marginal_likelihood: log_marginal_likelihood,
 * standard_error [n], effective_sample_size [n] (importance sampling) or acceptance [1] (posterior density).
 */
export interface InferResult {
  readonly step: number;
  readonly arrays: Readonly<Record<string, PackedArray>>;
  readonly computeMs: number;
}

export interface JobTypes {
  readonly train: { payload: TrainPayload; result: TrainResult; progress: TrainProgress };
  readonly evaluate: { payload: EvaluatePayload; result: EvaluateResult; progress: EvaluateProgress };
  readonly infer: { payload: InferPayload; result: InferResult; progress: never };
}
/** Jobs that are ordered, watched and cancelled by their id, and kept when they are over. */
export const TRACKED_NAMES = ['train', 'evaluate'] as const satisfies readonly (keyof JobTypes)[];
export type TrackedName = (typeof TRACKED_NAMES)[number];
export const JOB_NAMES = [...TRACKED_NAMES, 'infer'] as const satisfies readonly (keyof JobTypes)[];
export type JobName = keyof JobTypes;

export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export function packArray(shape: readonly number[], data: Float32Array): PackedArray {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { shape: [...shape], data: bytes.toString('base64') };
}

/** Whole numbers below 2^32, which float32 cannot hold, by their bits. */
export function bitsOf(indices: Uint32Array): { shape: number[]; data: Float32Array } {
  return { shape: [indices.length], data: new Float32Array(indices.slice().buffer) };
}

export function unpackBits(packed: PackedArray): Uint32Array {
  return new Uint32Array(unpackArray(packed).data.buffer);
}

/** Errors: RangeError where the bytes do not fit the shape. */
export function unpackArray(packed: PackedArray): { shape: number[]; data: Float32Array } {
  const bytes = Buffer.from(packed.data, 'base64');
  const size = packed.shape.reduce((product, axis) => product * axis, 1);
  if (bytes.byteLength !== size * 4) {
    throw new RangeError(
      `${bytes.byteLength} bytes do not fill float32 of shape [${packed.shape.join(', ')}]`,
    );
  }
  return { shape: packed.shape, data: new Float32Array(new Uint8Array(bytes).buffer) };
}
