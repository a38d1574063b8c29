import Type, { type Static } from 'typebox';
import {
  EvaluationSpec,
  ModelSpec,
  OUTPUT_FORMATS,
  SplitRule,
  Task,
  TrainingSpec,
  type EvaluationReport,
  type FloorComparison,
  type OutputFormat,
} from '../model/specification.ts';
import { CheckpointChoice, INFER_VERSION, type InferPayload, type InferResult } from './operations.ts';

/** What crosses the queue: one entry per job name, validated again on arrival. These field names are internal, not the API's. */

const closed = { additionalProperties: false } as const;
/** To raise a version, add a migration (src/queue/migrations.ts): payloads of older versions may still wait in a queue. */
export const PAYLOAD_VERSIONS = { train: 2, evaluate: 2, apply: 1, part: 1, infer: INFER_VERSION } as const;

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
  /** Absent if cancelled and in results of earlier versions. */
  readonly comparison?: FloorComparison | null;
}

/** Progress of a running training; elbo in nats per datapoint. */
export interface TrainProgress {
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  /** Null if the budget is in steps. */
  readonly epochs: number | null;
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
    checkpoint: CheckpointChoice,
    datasetId: Type.String(),
    evaluation: EvaluationSpec,
  },
  closed,
);
export type EvaluatePayload = Static<typeof EvaluatePayload>;

export type EvaluateResult =
  ({ readonly outcome: 'succeeded' } & EvaluationReport) | { readonly outcome: 'cancelled' };

/** Progress of a running evaluation; rows are those of the current measure. */
export interface EvaluateProgress {
  readonly measure: string;
  readonly rowsDone: number;
  readonly rows: number;
  readonly secondsLeft: number | null;
  readonly runtime: string;
  readonly pid: number;
}

/** Applies a model to all rows of a data set, part by part, and makes a file of the results. */
export const ApplyPayload = Type.Object(
  {
    version: Type.Literal(PAYLOAD_VERSIONS.apply),
    modelId: Type.String(),
    checkpoint: CheckpointChoice,
    /** Of the rows; that of the model for tasks without rows. */
    datasetId: Type.String(),
    task: Task,
    format: Type.Unsafe<OutputFormat>({ type: 'string', enum: [...OUTPUT_FORMATS] }),
    /** The name of the data set that becomes of the file; null: none does. */
    datasetName: Type.Union([Type.String(), Type.Null()]),
  },
  closed,
);
export type ApplyPayload = Static<typeof ApplyPayload>;

export type ApplyResult =
  | {
      readonly outcome: 'succeeded';
      readonly step: number;
      readonly rows: number;
      /** Rows that could not be understood. */
      readonly badRows: number;
      readonly bytes: number;
      /** The data set made of the file, if one was asked for. */
      readonly datasetId: string | null;
    }
  | { readonly outcome: 'cancelled' };

export interface ApplyProgress {
  readonly rowsDone: number;
  readonly rows: number;
  readonly rowsPerSecond: number;
  readonly secondsLeft: number | null;
}

/** Some of the rows of an apply job, or, as its last part, the data set of its file. Workers share the parts of a job. */
export const PartPayload = Type.Object(
  {
    version: Type.Literal(PAYLOAD_VERSIONS.part),
    jobId: Type.String(),
    part: Type.Union([Type.Integer({ minimum: 0 }), Type.Literal('dataset')]),
    modelId: Type.String(),
    datasetId: Type.String(),
    task: Task,
    datasetName: Type.Union([Type.String(), Type.Null()]),
  },
  closed,
);
export type PartPayload = Static<typeof PartPayload>;

export type PartResult =
  { readonly outcome: 'succeeded'; readonly datasetId: string | null } | { readonly outcome: 'cancelled' };

export interface JobTypes {
  readonly train: { payload: TrainPayload; result: TrainResult; progress: TrainProgress };
  readonly evaluate: { payload: EvaluatePayload; result: EvaluateResult; progress: EvaluateProgress };
  readonly apply: { payload: ApplyPayload; result: ApplyResult; progress: ApplyProgress };
  readonly part: { payload: PartPayload; result: PartResult; progress: never };
  readonly infer: { payload: InferPayload; result: InferResult; progress: never };
}
/** Jobs that clients order, watch and cancel by id. The queue keeps them after they end. */
export const TRACKED_NAMES = ['train', 'evaluate', 'apply'] as const satisfies readonly (keyof JobTypes)[];
export type TrackedName = (typeof TRACKED_NAMES)[number];
/** Jobs with a state of their own, retried until they end: tracked ones, and their parts, which no client sees. */
export type DurableName = TrackedName | 'part';
export const JOB_NAMES = [...TRACKED_NAMES, 'part', 'infer'] as const satisfies readonly (keyof JobTypes)[];
export type JobName = keyof JobTypes;

export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];
