import Type, { type Static } from 'typebox';
import { EVALUATION_FIELDS, EvaluationReport, ModelOrder, TrainingOrder } from '../../model/specification.ts';
import { JOB_STATES, type JobState } from '../../queue/jobs.ts';
import { JOB_TYPES, type JobType } from '../../queue/queues.ts';
import { NatsPerRow } from '../../store/records/record-fields.ts';
import { DefaultCheckpoint, ModelRecord } from '../../store/records/model-record.ts';
import { Checkpoint, PAGE_FIELDS, closed, allowNull } from '../http/schemas.ts';
import { TASK_REQUESTS, TaskJob, type TaskRequest } from './task-schemas.ts';
import { defineJob, text } from './job-fields.ts';

export const TrainRequest = Type.Object(
  {
    dataset_id: Type.String({
      ...text,
      description: 'Data set to train on; `mnist` is built in.',
      examples: ['mnist'],
    }),
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Name of the model. Default: the name of the data set.',
      }),
    ),
    model: ModelOrder,
    training: TrainingOrder,
    default_checkpoint: Type.Optional(DefaultCheckpoint),
    type: Type.Literal('train'),
  },
  { ...closed, title: 'TrainRequest' },
);
export type TrainRequest = Static<typeof TrainRequest>;

const EvaluateRequest = Type.Object(
  {
    model_id: Type.String({ ...text, description: 'Model to evaluate. It needs at least one checkpoint.' }),
    checkpoint: Checkpoint,
    dataset_id: Type.Optional(
      Type.String({ ...text, description: "Data set to evaluate on. Default: the model's own." }),
    ),
    ...EVALUATION_FIELDS,
    type: Type.Literal('evaluate'),
  },
  { ...closed, title: 'EvaluateRequest' },
);
export type EvaluateRequest = Static<typeof EvaluateRequest>;

/** The body of POST /jobs. */
export const JobRequest = Type.Unsafe<TrainRequest | EvaluateRequest | TaskRequest>({
  type: 'object',
  title: 'JobRequest',
  required: ['type'],
  properties: { type: { type: 'string', enum: [...JOB_TYPES], default: 'train' } },
  discriminator: { propertyName: 'type' },
  oneOf: [TrainRequest, EvaluateRequest, ...TASK_REQUESTS],
});
export type JobRequest = Static<typeof JobRequest>;

const TrainProgress = Type.Object(
  {
    step: Type.Integer(),
    total_steps: Type.Integer(),
    epoch: Type.Integer(),
    epochs: allowNull(Type.Integer({ description: 'The budget in epochs; null if it is in steps.' })),
    rows_per_second: Type.Number(),
    train_elbo: NatsPerRow,
    validation_elbo: NatsPerRow,
    seconds_left: allowNull(Type.Number()),
    runtime: Type.String({ description: 'The runtime and its device, such as onnx/cpu.' }),
    pid: Type.Integer({ description: 'Id of the training process.' }),
  },
  { ...closed, title: 'TrainProgress' },
);

const TrainResult = Type.Object(
  {
    outcome: Type.Unsafe<'succeeded' | 'cancelled'>({ type: 'string', enum: ['succeeded', 'cancelled'] }),
    step: Type.Integer(),
    validation_elbo: NatsPerRow,
    comparison: ModelRecord.properties.comparison,
  },
  { ...closed, title: 'TrainResult' },
);

const EvaluateProgress = Type.Object(
  {
    measure: Type.String({ description: 'The measure being computed.' }),
    rows_done: Type.Integer({ description: 'Rows done of this measure.' }),
    rows: Type.Integer(),
    seconds_left: allowNull(Type.Number({ description: 'For all measures.' })),
    runtime: Type.String({ description: 'The runtime and its device, such as onnx/cpu.' }),
    pid: Type.Integer({ description: 'Id of the evaluating process.' }),
  },
  { ...closed, title: 'EvaluateProgress' },
);

const EvaluateResult = Type.Union([
  Type.Object(
    { outcome: Type.Literal('succeeded'), ...EvaluationReport.properties },
    { ...closed, title: 'Evaluation' },
  ),
  Type.Object({ outcome: Type.Literal('cancelled') }, { ...closed, title: 'CancelledEvaluation' }),
  Type.Null(),
]);

export const TrainJob = Type.Object(
  defineJob({
    type: Type.Literal('train'),
    model_id: Type.String({
      description: 'The model being trained. You can use it once it has a checkpoint.',
    }),
    progress: allowNull(TrainProgress),
    result: allowNull(TrainResult),
    warnings: Type.Array(Type.String(), {
      description: 'What you should know about this likelihood on these data; found when the job was posted.',
    }),
  }),
  { title: 'TrainJob', ...closed, description: 'A training job.' },
);
export type TrainJob = Static<typeof TrainJob>;

export const EvaluateJob = Type.Object(
  defineJob({
    type: Type.Literal('evaluate'),
    model_id: Type.String({ description: 'The model being evaluated.' }),
    progress: allowNull(EvaluateProgress),
    result: EvaluateResult,
  }),
  { title: 'EvaluateJob', ...closed, description: 'An evaluation job.' },
);
export type EvaluateJob = Static<typeof EvaluateJob>;

export const Job = Type.Union([TrainJob, EvaluateJob, TaskJob], { title: 'Job' });
export type Job = Static<typeof Job>;

export const JobsQuery = Type.Object(
  {
    ...PAGE_FIELDS,
    state: Type.Optional(
      Type.Unsafe<JobState>({
        type: 'string',
        enum: [...JOB_STATES],
        description: 'Only jobs in this state.',
      }),
    ),
    type: Type.Optional(
      Type.Unsafe<JobType>({
        type: 'string',
        enum: [...JOB_TYPES],
        description: 'Only jobs of this type.',
      }),
    ),
  },
  closed,
);
export type JobsQuery = Static<typeof JobsQuery>;
