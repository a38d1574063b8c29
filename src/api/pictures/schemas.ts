import Type, { type Static, type TProperties } from 'typebox';
import { DATASET_PARTS, LIMITS, type DatasetPart } from '../../model/specification.ts';
import { Checkpoint, closed, allowNull } from '../http/schemas.ts';
import {
  defineAnswer,
  columns,
  DataRows,
  Numbers,
  PICTURE_FIELDS,
  NumberRows,
} from '../inference/schemas.ts';
import { defineDatasetRow, modelId } from '../inference/row-fields.ts';

const MOST_ROWS = 10_000;

/** The model's id is in the path. */
const defineQuery = <Fields extends TProperties>(fields: Fields) =>
  Type.Object({ checkpoint: Checkpoint, ...fields, ...PICTURE_FIELDS }, closed);

const steps = Type.Integer({
  minimum: 2,
  maximum: 100,
  default: 11,
  description: 'Number of points, including both ends.',
});

export const ManifoldQuery = defineQuery({
  size: Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'Images per side.' }),
});
export type ManifoldQuery = Static<typeof ManifoldQuery>;

export const TraversalQuery = defineQuery({
  dimension: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: LIMITS.latentSize - 1,
      description: `The latent to move, counted from 0. Default: each in turn, at most the first ${LIMITS.traversedLatents}.`,
    }),
  ),
  row: Type.Optional(
    defineDatasetRow(
      "The other latents stay at the mean of q(z|x) for this row of the model's data set. Default: at the medians of the prior.",
    ),
  ),
  steps,
});
export type TraversalQuery = Static<typeof TraversalQuery>;

export const InterpolateRequest = Type.Object(
  {
    model_id: modelId,
    checkpoint: Checkpoint,
    from: defineDatasetRow("A row of the model's data set."),
    to: defineDatasetRow("Another row of the model's data set."),
    steps,
    ...PICTURE_FIELDS,
  },
  closed,
);
export type InterpolateRequest = Static<typeof InterpolateRequest>;

export const ScatterQuery = defineQuery({
  rows: Type.Unsafe<DatasetPart>({
    type: 'string',
    enum: [...DATASET_PARTS],
    default: 'held_out',
    description:
      'Which rows of the data set, as the training split it. held_out: the test rows or, if there are none, the validation rows.',
  }),
  limit: Type.Integer({
    minimum: 1,
    maximum: MOST_ROWS,
    default: 2000,
    description: 'Maximum number of rows. If there are more, evenly spaced rows are used.',
  }),
  dimensions: Type.String({
    pattern: '^[0-9]{1,4},[0-9]{1,4}$',
    default: '0,1',
    description: 'The latents on the horizontal and the vertical axis, counted from 0.',
  }),
});
export type ScatterQuery = Static<typeof ScatterQuery>;

export const ManifoldAnswer = defineAnswer({
  size: Type.Integer(),
  latents: Type.Array(Numbers, {
    description: 'In the order of the picture, row by row from the upper left.',
  }),
  columns,
  data: DataRows,
});
export type ManifoldAnswer = Static<typeof ManifoldAnswer>;

export const TraversalAnswer = defineAnswer({
  columns,
  base: Type.Array(Type.Number(), { description: 'Values of the latents that do not move.' }),
  traversals: Type.Array(
    Type.Object({ dimension: Type.Integer(), latents: NumberRows, data: DataRows }, closed),
    {
      description: 'Evenly spaced from the 0.01 to the 0.99 quantile of the prior.',
    },
  ),
});
export type TraversalAnswer = Static<typeof TraversalAnswer>;

export const InterpolateAnswer = defineAnswer({
  from: Type.Integer(),
  to: Type.Integer(),
  latents: Type.Array(Numbers, { description: 'On the straight line between the means of q(z|x).' }),
  columns,
  data: DataRows,
});
export type InterpolateAnswer = Static<typeof InterpolateAnswer>;

export const ScatterAnswer = defineAnswer({
  dimensions: Type.Array(Type.Integer(), { minItems: 2, maxItems: 2 }),
  rows: Type.Array(Type.Integer(), { description: 'Row numbers in the data set.' }),
  points: Type.Array(Numbers, { description: 'Means of q(z|x) for each row in the two dimensions.' }),
  labels: allowNull(
    Type.Array(allowNull(Type.Integer()), {
      description: 'The class of each row, null if it has none; null if the data set has no labels.',
    }),
  ),
  label_names: Type.Optional(
    Type.Array(Type.String(), {
      description:
        'Tables with a label column: the name of each class in `labels`. The last name covers all words that are not kept.',
    }),
  ),
});
export type ScatterAnswer = Static<typeof ScatterAnswer>;
