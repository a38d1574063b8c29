import Type, { type Static } from 'typebox';
import { allowNull, FloorComparison, ModelSpec, SplitRule, TrainingSpec } from '../../model/specification.ts';
import { TableSchema } from '../../model/table.ts';
import { DataSize, RowShape, Timestamp } from './record-fields.ts';
import { recordFormat, type Migration } from './record-format.ts';

export const DefaultCheckpoint = Type.Unsafe<'latest' | 'best'>({
  type: 'string',
  enum: ['latest', 'best'],
  description: 'The checkpoint that requests use if they name none.',
});

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
    table: allowNull(TableSchema, {
      description:
        'The columns of the data set and their roles; null if it is not a table, or was stored before roles existed.',
    }),
    split: SplitRule,
    /** Records written before there was a choice lack it. */
    default_checkpoint: Type.Unsafe<Static<typeof DefaultCheckpoint>>({
      ...DefaultCheckpoint,
      default: 'latest',
    }),
    /** Records written before models were compared lack it. */
    comparison: allowNull(FloorComparison, {
      default: null,
      description:
        'How the default checkpoint explains the validation rows, beside floors; null until a training with validation rows and a bound has succeeded.',
    }),
    model: ModelSpec,
    training: TrainingSpec,
  },
  { additionalProperties: false },
);
export type ModelRecord = Static<typeof ModelRecord>;

/** In version 1 the test rows of a data set were always its validation rows. */
const addSplit: Migration = (older) => ({ split: 'test_rows_validate', ...older });

/** In version 2 columns had no roles. */
const addTable: Migration = (older) => ({ table: null, ...older });

export const modelFormat = recordFormat('model.json', ModelRecord, [addSplit, addTable]);
