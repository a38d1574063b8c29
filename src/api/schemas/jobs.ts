import Type, { type Static } from 'typebox';
import { ModelOrder, TrainingSpec } from '../../model/spec.ts';
import { JOB_STATES, type JobState } from '../../queue/jobs.ts';
import { PAGE_FIELDS, Time, closed, nullable } from './common.ts';

export const State = Type.Unsafe<JobState>({ type: 'string', enum: [...JOB_STATES] });
const Elbo = nullable(Type.Number({ description: 'Nats per row.' }));

export const JobRequest = Type.Object(
  {
    dataset_id: Type.String({
      minLength: 1,
      maxLength: 100,
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
    training: TrainingSpec,
  },
  closed,
);
export type JobRequest = Static<typeof JobRequest>;

const Progress = Type.Object(
  {
    step: Type.Integer(),
    total_steps: Type.Integer(),
    epoch: Type.Integer(),
    epochs: Type.Integer(),
    rows_per_second: Type.Number(),
    train_elbo: Elbo,
    validation_elbo: Elbo,
    seconds_left: nullable(Type.Number()),
    runtime: Type.String({ description: 'What runs the mathematics, and where.' }),
    pid: Type.Integer({ description: 'The process that trains.' }),
  },
  closed,
);

const Result = Type.Object(
  {
    outcome: Type.Unsafe<'succeeded' | 'cancelled'>({ type: 'string', enum: ['succeeded', 'cancelled'] }),
    step: Type.Integer(),
    validation_elbo: Elbo,
  },
  closed,
);

const Failure = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    problems: Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }, closed)),
  },
  closed,
);

export const Job = Type.Object(
  {
    id: Type.String(),
    type: Type.Literal('train'),
    state: State,
    model_id: Type.String({ description: 'The model being trained; usable from its first checkpoint on.' }),
    dataset_id: Type.String(),
    created_at: Time,
    started_at: nullable(Time),
    finished_at: nullable(Time),
    attempts: Type.Integer({ description: 'Times a worker took it up.' }),
    progress: nullable(Progress),
    result: nullable(Result),
    error: nullable(Failure),
    warnings: Type.Array(Type.String(), {
      description: 'What to know of these data under this likelihood, found when the job was ordered.',
    }),
  },
  { $id: 'Job', ...closed, description: 'A training job.' },
);
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
  },
  closed,
);
export type JobsQuery = Static<typeof JobsQuery>;
