import Type, { type TProperties } from 'typebox';
import { bernoulli } from './bernoulli.ts';
import { categorical } from './categorical.ts';
import { continuousBernoulli } from './continuous-bernoulli.ts';
import type { LikelihoodDescription } from './description.ts';
import { gaussian } from './gaussian.ts';
import { logNormal } from './log-normal.ts';
import { negativeBinomial } from './negative-binomial.ts';
import { poisson } from './poisson.ts';
import { studentT } from './student-t.ts';

/** Every likelihood of values of one kind; `mixed` (mixed.ts) combines them into a table. */
export const LIKELIHOODS = {
  bernoulli,
  continuous_bernoulli: continuousBernoulli,
  gaussian,
  student_t: studentT,
  log_normal: logNormal,
  poisson,
  negative_binomial: negativeBinomial,
  categorical,
} as const satisfies Readonly<Record<string, LikelihoodDescription>>;

type Likelihoods = typeof LIKELIHOODS;

/** Likelihoods of whole rows. */
export type RowFamily = {
  [Name in keyof Likelihoods]: Likelihoods[Name]['row'] extends null ? never : Name;
}[keyof Likelihoods];

/** Likelihoods of columns. */
export type ColumnFamily = {
  [Name in keyof Likelihoods]: Likelihoods[Name]['column'] extends null ? never : Name;
}[keyof Likelihoods];

type FieldsOf<Name extends keyof Likelihoods, Kind extends 'row' | 'column'> = Exclude<
  Likelihoods[Name][Kind],
  null
>['fields'];

function fieldsOf(kind: 'row' | 'column', common: TProperties): Record<string, TProperties> {
  const described: Readonly<Record<string, LikelihoodDescription>> = LIKELIHOODS;
  const entries = Object.entries(described).flatMap(([name, description]) => {
    const form = description[kind];
    return form === null ? [] : [[name, { ...form.fields, ...common }] as const];
  });
  return Object.fromEntries(entries);
}

/** Fields of every likelihood of whole rows. Columns have their own in the table (mixed.ts). */
const MISSING = {
  missing: Type.Optional(
    Type.Boolean({
      description:
        'Whether values of a row may be missing. If so, the encoder gets an indicator of missing values for each element. Default: false, unless training.masking hides values.',
    }),
  ),
};

export const ROW_FIELDS = fieldsOf('row', MISSING) as {
  readonly [Name in RowFamily]: FieldsOf<Name, 'row'> & typeof MISSING;
};
export const COLUMN_FIELDS = fieldsOf('column', {}) as {
  readonly [Name in ColumnFamily]: FieldsOf<Name, 'column'>;
};

/** Returns the description of a likelihood, without the types of its own fields. */
export function describedLikelihood(family: RowFamily | ColumnFamily): LikelihoodDescription {
  return LIKELIHOODS[family];
}
