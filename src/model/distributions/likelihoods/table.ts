import type { ColumnOf, LikelihoodOf } from '../../specification/likelihood.ts';
import type { ColumnFamily, LIKELIHOODS, RowFamily } from '../../specification/likelihoods/likelihoods.ts';
import { bernoulli, bernoulliColumn } from './bernoulli.ts';
import { categorical } from './categorical.ts';
import { categoricalColumn } from './codes.ts';
import { continuousBernoulli } from './continuous-bernoulli.ts';
import { gaussian, gaussianColumn } from './gaussian.ts';
import type { ColumnMathematics, LikelihoodFamily } from './likelihood.ts';
import { logNormalColumn } from './log-normal.ts';
import { negativeBinomial, negativeBinomialColumn } from './negative-binomial.ts';
import { poisson, poissonColumn } from './poisson.ts';
import { studentT, studentTColumn } from './student-t.ts';

type Row<Name> = (Name extends RowFamily
  ? { readonly row: (spec: LikelihoodOf<Name>) => LikelihoodFamily }
  : unknown) &
  (Name extends ColumnFamily ? { readonly column: ColumnMathematics<ColumnOf<Name>> } : unknown);

/** The mathematics of every likelihood of values of one kind, for whole rows and for columns. */
export const MATHEMATICS: { readonly [Name in keyof typeof LIKELIHOODS]: Row<Name> } = {
  bernoulli: { row: bernoulli, column: bernoulliColumn },
  continuous_bernoulli: { row: continuousBernoulli },
  gaussian: { row: gaussian, column: gaussianColumn },
  student_t: { row: studentT, column: studentTColumn },
  log_normal: { column: logNormalColumn },
  poisson: { row: poisson, column: poissonColumn },
  negative_binomial: { row: negativeBinomial, column: negativeBinomialColumn },
  categorical: { row: categorical, column: categoricalColumn },
};
