import Type, { type Static } from 'typebox';
import { CheckpointRecord } from '../../store/records/checkpoint-record.ts';
import { MetricsLine } from '../../store/records/metrics-line.ts';
import { ModelRecord } from '../../store/records/model-record.ts';
import { closed, allowNull, definePage } from '../http/schemas.ts';
import { JobStateSchema } from '../jobs/job-fields.ts';

const Elbo = CheckpointRecord.properties.validation_elbo;

export const Model = Type.Object(ModelRecord.properties, {
  title: 'Model',
  ...closed,
  description: 'A model.',
});
export type Model = Static<typeof Model>;

/** Without the fields that only the service needs. */
const Checkpoint = Type.Omit(CheckpointRecord, ['seed', 'files'], closed);

export const ModelDetails = Type.Object(
  {
    ...ModelRecord.properties,
    checkpoints: Type.Array(Checkpoint, { description: 'By ascending step.' }),
    latest_validation_elbo: Elbo,
    best_validation_elbo: Elbo,
    job_state: allowNull(JobStateSchema),
    warnings: Type.Array(Type.String(), { description: 'What users of the model should know.' }),
  },
  { title: 'ModelDetails', ...closed, description: 'A model with its checkpoints and the state of its job.' },
);
export type ModelDetails = Static<typeof ModelDetails>;

export const MetricsQuery = Type.Object(
  {
    limit: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 1000,
      description: 'Maximum number of lines in one page.',
    }),
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'Only lines of later steps: the step of the last line of the previous page.',
      }),
    ),
    every: Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      default: 1,
      description:
        'Thins the lines out: only those of epochs that are multiples of this number, and always the last line.',
    }),
    format: Type.Optional(
      Type.Unsafe<'json' | 'csv'>({
        type: 'string',
        enum: ['json', 'csv'],
        description:
          'Default: what the Accept header prefers, application/json or text/csv. CSV has a header row; missing values are empty.',
      }),
    ),
  },
  closed,
);
export type MetricsQuery = Static<typeof MetricsQuery>;

/** By ascending step; each step appears once, even if a training was interrupted and repeated some epochs. */
export const Metrics = definePage(MetricsLine);
export type Metrics = Static<typeof Metrics>;
