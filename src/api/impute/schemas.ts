import Type, { type Static } from 'typebox';
import { SCORE_DRAWS } from '../../model/specification.ts';
import { allowNull, closed } from '../http/schemas.ts';
import { UNUSED_FIELDS } from '../inference/row-errors.ts';
import { columns, defineAnswer, FORMAT_FIELDS, requestSeed } from '../inference/schemas.ts';
import { defineRequest, defineRowRequest, SENT_ROWS } from '../inference/row-fields.ts';
import { AnyCell, ExpectedCell } from '../score/schemas.ts';

export const MAX_DRAWS = 1000;
/** Of p(z|what is known); a multiple of the draws of one run. */
const defineSamples = (usual: number) =>
  Type.Integer({
    minimum: SCORE_DRAWS,
    maximum: 64 * SCORE_DRAWS,
    multipleOf: SCORE_DRAWS,
    default: usual,
    description:
      'Draws of z per row, which are weighted by how well they explain what is known. More draws make the answer more exact.',
  });

const Given = Type.Record(Type.String(), AnyCell, {
  description: 'Tables: values of some columns, by name.',
});

export const ImputeRequest = defineRowRequest({
  ...SENT_ROWS,
  given: Type.Optional(
    Type.Unsafe<Static<typeof Given>>({
      ...Given,
      description: 'Tables: values by column name that replace those of every row, for what-if questions.',
    }),
  ),
  hidden: Type.Optional(
    Type.Array(Type.String(), {
      description: 'Tables: columns whose values are treated as missing in every row.',
    }),
  ),
  draws: Type.Integer({
    minimum: 0,
    maximum: MAX_DRAWS,
    default: 0,
    description: 'Number of draws of every whole row, for multiple imputation.',
  }),
  samples: defineSamples(SCORE_DRAWS),
  seed: requestSeed,
  ...FORMAT_FIELDS,
});
export type ImputeRequest = Static<typeof ImputeRequest>;

const ImputedCell = Type.Object(
  { column: Type.String(), expected: ExpectedCell },
  { ...closed, title: 'ImputedCell' },
);
export type ImputedCell = Static<typeof ImputedCell>;

const row = Type.Array(AnyCell);
const method = Type.Literal('importance_sampling');
const samples = Type.Integer({ description: 'Draws of z per row.' });

export const ImputeAnswer = defineAnswer(
  {
    method,
    samples,
    seed: requestSeed,
    columns,
    data: Type.Array(allowNull(row), {
      description:
        'The rows with their missing values filled in: for tables with medians and the likeliest words, otherwise with means.',
    }),
    cells: Type.Optional(
      Type.Array(allowNull(Type.Array(ImputedCell)), {
        description: 'Tables: for each row one entry for each value that was filled in.',
      }),
    ),
    draws: Type.Optional(
      Type.Array(Type.Array(allowNull(row)), {
        description:
          'With draws: that many draws of every row from the distribution of what is missing given what is known. Drawn values stay within the range of their column.',
      }),
    ),
    effective_sample_size: Type.Array(allowNull(Type.Number()), {
      description:
        'How many equally weighted draws of z the weighted ones of a row are worth. If it is near 1, ask for more samples.',
    }),
    ids: Type.Optional(
      Type.Array(Type.Record(Type.String(), AnyCell), {
        description: 'For each row its cells in id columns, if rows have any.',
      }),
    ),
    ...UNUSED_FIELDS,
  },
  { title: 'ImputeAnswer' },
);
export type ImputeAnswer = Static<typeof ImputeAnswer>;

export const ConditionalSamplesRequest = defineRequest({
  given: Given,
  count: Type.Integer({ minimum: 1, maximum: MAX_DRAWS, default: 16, description: 'Number of rows.' }),
  samples: defineSamples(16 * SCORE_DRAWS),
  seed: requestSeed,
  format: Type.Optional(
    Type.Unsafe<'json' | 'csv'>({
      type: 'string',
      enum: ['json', 'csv'],
      description: 'Default: what the Accept header prefers, otherwise json.',
    }),
  ),
});
export type ConditionalSamplesRequest = Static<typeof ConditionalSamplesRequest>;

export const ConditionalSamplesAnswer = defineAnswer(
  {
    method,
    samples,
    seed: requestSeed,
    columns,
    data: Type.Array(row, {
      description:
        'Draws of rows that have the given values. Drawn values stay within the range of their column.',
    }),
    effective_sample_size: Type.Number({
      description:
        'How many equally weighted draws of z the weighted ones are worth. If it is much smaller than count, rows share their latents: ask for more samples.',
    }),
  },
  { title: 'ConditionalSamplesAnswer' },
);
export type ConditionalSamplesAnswer = Static<typeof ConditionalSamplesAnswer>;
