import Type, { type Static } from 'typebox';
import { CheckpointRecord } from '../../store/records/checkpoint-record.ts';
import { MetricsLine } from '../../store/records/metrics-line.ts';
import { ModelRecord } from '../../store/records/model-record.ts';
import { closed, nullable } from '../http/schemas.ts';
import { State } from '../jobs/schemas.ts';

const Elbo = CheckpointRecord.properties.validation_elbo;

export const Model = Type.Object(ModelRecord.properties, {
  title: 'Model',
  ...closed,
  description: 'A model.',
});
export type Model = Static<typeof Model>;

/** What only the service needs of a checkpoint is left out. */
const Checkpoint = Type.Omit(CheckpointRecord, ['seed', 'files'], closed);

export const ModelDetails = Type.Object(
  {
    ...ModelRecord.properties,
    checkpoints: Type.Array(Checkpoint, { description: 'By rising step.' }),
    latest_validation_elbo: Elbo,
    best_validation_elbo: Elbo,
    job_state: nullable(State),
  },
  { title: 'ModelDetails', ...closed, description: 'A model with its checkpoints and the state of its job.' },
);
export type ModelDetails = Static<typeof ModelDetails>;

export const Metrics = Type.Object(
  {
    data: Type.Array(MetricsLine, {
      description: 'By rising step; train_elbo is a running mean over minibatches.',
    }),
  },
  closed,
);
export type Metrics = Static<typeof Metrics>;
