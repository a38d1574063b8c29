import Type, { type Static, type TProperties } from 'typebox';
import {
  OUTPUT_FORMATS,
  SCORE_DRAWS,
  TASK_NAMES,
  type OutputFormat,
  type TaskName,
} from '../../model/specification.ts';
import { allowNull, Checkpoint, closed } from '../http/schemas.ts';
import { requestSeed } from '../inference/schemas.ts';
import { AlarmRate } from '../score/schemas.ts';
import { defineJob, text } from './job-fields.ts';

/** Jobs over all rows of a data set, and jobs that draw rows: they write files. */

const common = {
  model_id: Type.String({ ...text, description: 'Model to use. It needs at least one checkpoint.' }),
  checkpoint: Checkpoint,
  format: Type.Unsafe<OutputFormat>({
    type: 'string',
    enum: [...OUTPUT_FORMATS],
    default: 'csv',
    description: 'Format of the file. npy has no ids and no text.',
  }),
};
const rows = {
  dataset_id: Type.Optional(
    Type.String({
      ...text,
      description:
        "Data set whose rows are read, test rows included. Default: the model's own. Tables are matched by column names.",
    }),
  ),
};
const withData = {
  with_data: Type.Optional(
    Type.Boolean({
      description:
        'Whether the rows themselves come before what is computed of them. Default: true for tables, unless the format is npy.',
    }),
  ),
};

const define = <Fields extends TProperties>(title: string, fields: Fields) =>
  Type.Object({ ...common, ...fields }, { ...closed, title });

const ScoreJobRequest = define('ScoreJobRequest', {
  type: Type.Literal('score'),
  ...rows,
  ...withData,
  alarm_rate: AlarmRate,
  by_column: Type.Boolean({
    default: false,
    description: 'Tables: also write the strangest column of each row, and the share of each column.',
  }),
});
const EncodeJobRequest = define('EncodeJobRequest', {
  type: Type.Literal('encode'),
  ...rows,
  ...withData,
  dataset_name: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description:
        'Also makes a data set with this name: the ids and the means of q(z|x) of each row. The format is then csv.',
    }),
  ),
});
const ImputeJobRequest = define('ImputeJobRequest', {
  type: Type.Literal('impute'),
  ...rows,
  samples: Type.Integer({
    minimum: SCORE_DRAWS,
    maximum: 64 * SCORE_DRAWS,
    multipleOf: SCORE_DRAWS,
    default: SCORE_DRAWS,
    description: 'Draws of z per row, weighted by how well they explain what is known.',
  }),
  seed: requestSeed,
  intervals: Type.Boolean({
    default: false,
    description: 'Also write the bounds of 90 % of each number that was filled in.',
  }),
});
const SampleJobRequest = define('SampleJobRequest', {
  type: Type.Literal('sample'),
  count: Type.Integer({ minimum: 1, maximum: 100_000_000, description: 'Number of rows to draw.' }),
  seed: requestSeed,
});

export const TASK_REQUESTS = [ScoreJobRequest, EncodeJobRequest, ImputeJobRequest, SampleJobRequest] as const;
export type TaskRequest = Static<(typeof TASK_REQUESTS)[number]>;

const TaskProgress = Type.Object(
  {
    rows_done: Type.Integer(),
    rows: Type.Integer(),
    rows_per_second: Type.Number(),
    seconds_left: allowNull(Type.Number()),
  },
  { ...closed, title: 'TaskProgress' },
);

const TaskResult = Type.Union([
  Type.Object(
    {
      outcome: Type.Literal('succeeded'),
      step: Type.Integer({ description: 'Step of the checkpoint that was used.' }),
      rows: Type.Integer(),
      bad_rows: Type.Integer({
        description: 'Rows that could not be understood: the column error says why.',
      }),
      bytes: Type.Integer({ description: 'Size of the file: GET /jobs/{id}/result.' }),
      dataset_id: allowNull(Type.String(), {
        description: 'The data set that was made of the file, if any.',
      }),
    },
    { ...closed, title: 'TaskSuccess' },
  ),
  Type.Object({ outcome: Type.Literal('cancelled') }, { ...closed, title: 'CancelledTask' }),
  Type.Null(),
]);

export const TaskJob = Type.Object(
  defineJob({
    type: Type.Unsafe<TaskName>({ type: 'string', enum: [...TASK_NAMES] }),
    model_id: Type.String({ description: 'The model that is used.' }),
    progress: allowNull(TaskProgress),
    result: TaskResult,
  }),
  { title: 'TaskJob', ...closed, description: 'A job over all rows of a data set, or one that draws rows.' },
);
export type TaskJob = Static<typeof TaskJob>;
