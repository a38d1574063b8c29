import Type, { type Static } from 'typebox';
import {
  EvaluationSpec,
  ModelSpec,
  SplitRule,
  TrainingSpec,
  type EvaluationReport,
  type FloorComparison,
} from '../model/specification.ts';
import { CheckpointChoice, INFER_VERSION, type InferPayload, type InferResult } from './operations.ts';

/** What crosses the queue: one entry per job name, validated again on arrival. These field names are internal, not the API's. */

const closed = { additionalProperties: false } as const;
/** To raise a version, add a migration (src/queue/migrations.ts): payloads of older versions may still wait in a queue. */
export const PAYLOAD_VERSIONS = { train: 2, evaluate: 2, infer: INFER_VERSION } as const;

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

export interface JobTypes {
  readonly train: { payload: TrainPayload; result: TrainResult; progress: TrainProgress };
  readonly evaluate: { payload: EvaluatePayload; result: EvaluateResult; progress: EvaluateProgress };
  readonly infer: { payload: InferPayload; result: InferResult; progress: never };
}
/** Jobs that clients order, watch and cancel by id. The queue keeps them after they end. */
export const TRACKED_NAMES = ['train', 'evaluate'] as const satisfies readonly (keyof JobTypes)[];
export type TrackedName = (typeof TRACKED_NAMES)[number];
export const JOB_NAMES = [...TRACKED_NAMES, 'infer'] as const satisfies readonly (keyof JobTypes)[];
export type JobName = keyof JobTypes;

export const JOB_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];
