import Type, { type Static } from 'typebox';
import { SCORE_DRAWS } from '../../model/specification.ts';
import { allowNull, closed } from '../http/schemas.ts';
import { UNUSED_FIELDS } from '../inference/row-errors.ts';
import { columns as columnNames, defineAnswer, FORMAT_FIELDS } from '../inference/schemas.ts';
import { defineRowRequest, SENT_ROWS } from '../inference/row-fields.ts';

/** Tables of at most this many cells (rows times columns) are scored by column by default. */
export const CELLS_BY_DEFAULT = 10_000;

export const AlarmRate = Type.Number({
  exclusiveMinimum: 0,
  exclusiveMaximum: 1,
  default: 0.01,
  description: 'Share of ordinary rows that may be flagged.',
});

export const ScoreRequest = defineRowRequest({
  ...SENT_ROWS,
  alarm_rate: AlarmRate,
  columns: Type.Optional(
    Type.Boolean({
      description: `Also answer \`cells\`: how strange each value is given the others, and what would have been expected. Default: true for tables of at most ${CELLS_BY_DEFAULT} cells, otherwise false.`,
    }),
  ),
  ...FORMAT_FIELDS,
});
export type ScoreRequest = Static<typeof ScoreRequest>;

export const AnyCell = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]);
const nullable = <Schema extends Type.TSchema>(item: Schema, description: string) =>
  Type.Array(allowNull(item), { description });

const Likeliest = Type.Array(
  Type.Object({ value: AnyCell, probability: Type.Number() }, { ...closed, title: 'LikelyValue' }),
  { description: 'The likeliest words or codes, the likeliest first.' },
);

export const ExpectedCell = Type.Object(
  {
    median: Type.Optional(AnyCell),
    low: Type.Optional(AnyCell),
    high: Type.Optional(AnyCell),
    mean: Type.Optional(Type.Number()),
    likeliest: Type.Optional(Likeliest),
    parts: Type.Optional(
      Type.Record(Type.String(), Likeliest, {
        description: 'For datetimes: hour, weekday and month, as far as they are modelled.',
      }),
    ),
  },
  {
    ...closed,
    title: 'ExpectedValue',
    description:
      'What the model expects here, given the other columns, in the units and words of the data set. Numbers and datetimes of tables: the median and a 90 % interval from low to high. Words and codes: the likeliest. Rows of arrays: the mean (absent for one-hot groups).',
  },
);

const ScoredCell = Type.Object(
  {
    column: Type.Optional(Type.String()),
    surprise: allowNull(
      Type.Number({
        description: '-log p(value | the other columns of the row), in nats. null if the value is missing.',
      }),
    ),
    share: allowNull(
      Type.Number({
        description:
          "The column's share of what makes the row strange: its surprise beyond the median surprise of the column among validation rows, divided by the sum of these. 0 if the surprise is below that median. null if the value is missing, or without a calibration.",
      }),
    ),
    p_value: allowNull(
      Type.Number({
        description:
          'How usual the value is given the other columns: the share of validation rows whose surprise in this column is at least as large, counting this row as one of them. null as for share.',
      }),
    ),
    expected: ExpectedCell,
  },
  { ...closed, title: 'ScoredCell' },
);
export type ScoredCell = Static<typeof ScoredCell>;

const Calibration = Type.Object(
  {
    rows: Type.Integer({ description: 'Validation rows that scores are compared with.' }),
    smallest_p_value: allowNull(
      Type.Number({ description: '1 / (rows + 1): no p_value can be smaller. null without such rows.' }),
    ),
    note: allowNull(
      Type.String({
        description: 'Why there are no p-values, or why none can be small enough for alarm_rate.',
      }),
    ),
  },
  { ...closed, title: 'ScoreCalibration' },
);

export const ScoreAnswer = defineAnswer(
  {
    unit: Type.Literal('nats per row'),
    method: Type.Literal('importance_sampling'),
    samples: Type.Integer({ description: `Draws of z per row: ${SCORE_DRAWS}.` }),
    alarm_rate: AlarmRate,
    calibration: Calibration,
    score: nullable(Type.Number(), 'Estimates of -log p(x): the larger, the stranger.'),
    standard_error: nullable(Type.Number(), 'Error of each score, from its draws.'),
    percentile: allowNull(
      nullable(Type.Number(), 'Percentage of validation rows that are less strange; null without them.'),
    ),
    p_value: allowNull(
      nullable(
        Type.Number(),
        'Probability that an ordinary new row is at least as strange: (1 + validation rows at least as strange) / (rows + 1). null without validation rows.',
      ),
    ),
    flag: allowNull(
      nullable(
        Type.Boolean(),
        'Whether p_value is at most alarm_rate: of ordinary rows, at most that share is flagged. null without validation rows.',
      ),
    ),
    ids: Type.Optional(
      Type.Array(Type.Record(Type.String(), AnyCell), {
        description: 'The cells of the id columns for each row, if the rows have any.',
      }),
    ),
    columns: columnNames,
    cells: Type.Optional(
      Type.Array(allowNull(Type.Array(ScoredCell)), {
        description: 'With `columns`: for each row one entry for each column (or value, or one-hot group).',
      }),
    ),
    ...UNUSED_FIELDS,
  },
  { title: 'ScoreAnswer' },
);
export type ScoreAnswer = Static<typeof ScoreAnswer>;
