import Type, { type Static } from 'typebox';
import { Checkpoint, allowNull, closed } from '../http/schemas.ts';
import { defineAnswer, requestSeed } from '../inference/schemas.ts';

export const FidelityQuery = Type.Object(
  {
    checkpoint: Checkpoint,
    samples: Type.Integer({
      minimum: 10,
      maximum: 5000,
      default: 1000,
      description:
        'Maximum number of validation rows, spread evenly, that are compared with as many samples; fewer if the table has very many columns.',
    }),
    seed: requestSeed,
  },
  closed,
);
export type FidelityQuery = Static<typeof FidelityQuery>;

const NumberOrNull = allowNull(Type.Number());
const Cell = Type.Union([Type.Number(), Type.String(), Type.Boolean(), Type.Null()]);
const Moments = Type.Object(
  {
    mean: Cell,
    mean_error: NumberOrNull,
    standard_deviation: NumberOrNull,
    standard_deviation_error: NumberOrNull,
  },
  {
    ...closed,
    title: 'ComparedMoments',
    description:
      'With standard errors. Of datetimes, deviations and errors are in days or seconds, as they are stored.',
  },
);

const Word = Type.Object(
  {
    word: Cell,
    data: Type.Number({ description: 'Share of the values of the validation rows.' }),
    samples: Type.Number({ description: 'Share of the values of the samples.' }),
    error: Type.Number({ description: 'Standard error of the difference.' }),
  },
  { ...closed, title: 'ComparedWord' },
);

const Column = Type.Object(
  {
    column: Type.String({ description: 'The column, or a part of a datetime such as its weekday.' }),
    missing: Type.Number({
      description: 'Share of the validation rows. Samples have a gap where their row has one.',
    }),
    data: allowNull(Moments, { description: 'Of the validation rows; null for words.' }),
    samples: allowNull(Moments, { description: 'Of the samples; null for words.' }),
    words: allowNull(Type.Array(Word), {
      description: 'At most 10, those most frequent in the data first; null for numbers.',
    }),
  },
  { ...closed, title: 'ComparedColumn' },
);
export type ComparedColumn = Static<typeof Column>;

export const FidelityAnswer = defineAnswer(
  {
    seed: requestSeed,
    rows: Type.Integer({ description: 'Validation rows that were compared, and samples.' }),
    columns: Type.Array(Column),
    correlation: allowNull(
      Type.Object(
        {
          columns: Type.Array(Type.String()),
          data: Type.Number(),
          samples: Type.Number(),
          difference: Type.Number(),
        },
        { ...closed, title: 'ComparedCorrelation' },
      ),
      {
        description:
          'The two numeric columns whose correlation differs most; null with fewer than two that vary.',
      },
    ),
    auc: Type.Number({
      description:
        'How well a classifier tells validation rows from samples: the cross-validated area under the ROC curve of boosted trees on all columns. 0.5: not at all; 1: always.',
    }),
    auc_standard_error: Type.Number(),
  },
  { title: 'FidelityAnswer' },
);
export type FidelityAnswer = Static<typeof FidelityAnswer>;
