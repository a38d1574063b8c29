import Type, { type Static } from 'typebox';
import { ModelSpec, SplitRule, TrainingSpec } from '../../model/specification.ts';
import { DataSize, RowShape, Timestamp } from './record-fields.ts';
import { recordFormat, type Migration } from './record-format.ts';

/** model.json: a model as it was ordered, and by which job. */
export const ModelRecord = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    created_at: Timestamp,
    job_id: Type.String({ description: 'The job that trains it.' }),
    dataset_id: Type.String({ description: 'The data set it is trained on.' }),
    data_size: DataSize,
    row_shape: RowShape,
    split: SplitRule,
    model: ModelSpec,
    training: TrainingSpec,
  },
  { additionalProperties: false },
);
export type ModelRecord = Static<typeof ModelRecord>;

/** In version 1 the test rows of a data set were always its validation rows. */
const addSplit: Migration = (older) => ({ split: 'test_rows_validate', ...older });

export const modelFormat = recordFormat('model.json', ModelRecord, [addSplit]);
