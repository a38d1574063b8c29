import Type, { type Static } from 'typebox';
import { ModelSpec, TrainingSpec } from '../../model/specification.ts';
import { Time, closed, nullable } from '../http/schemas.ts';
import { State } from '../jobs/schemas.ts';

const Elbo = nullable(Type.Number({ description: 'Nats per row.' }));

const FIELDS = {
  id: Type.String(),
  name: Type.String(),
  created_at: Time,
  job_id: Type.String({ description: 'The job that trains it.' }),
  dataset_id: Type.String(),
  data_size: Type.Integer({ description: 'Values of one row.' }),
  row_shape: Type.Array(Type.Integer(), { description: 'Shape of one row; an image where it has 2 axes.' }),
  model: ModelSpec,
  training: TrainingSpec,
};

export const Model = Type.Object(FIELDS, { $id: 'Model', ...closed, description: 'A model.' });
export type Model = Static<typeof Model>;

const Checkpoint = Type.Object(
  { step: Type.Integer(), epoch: Type.Integer(), created_at: Time, validation_elbo: Elbo },
  closed,
);

export const ModelDetails = Type.Object(
  {
    ...FIELDS,
    checkpoints: Type.Array(Checkpoint, { description: 'By rising step.' }),
    latest_validation_elbo: Elbo,
    best_validation_elbo: Elbo,
    job_state: nullable(State),
  },
  { $id: 'ModelDetails', ...closed, description: 'A model with its checkpoints and the state of its job.' },
);
export type ModelDetails = Static<typeof ModelDetails>;

export const Metrics = Type.Object(
  {
    data: Type.Array(
      Type.Object(
        {
          step: Type.Integer(),
          epoch: Type.Integer(),
          time: Time,
          train_elbo: Elbo,
          validation_elbo: Elbo,
          validation_log_likelihood: Elbo,
          validation_kl_divergence: Elbo,
          rows_per_second: Type.Number(),
        },
        closed,
      ),
      { description: 'By rising step; train_elbo is a running mean over minibatches.' },
    ),
  },
  closed,
);
export type Metrics = Static<typeof Metrics>;
