import type { LikelihoodSpec } from '../../model/spec.ts';
import { FINITE, type ValueRange } from '../rows.ts';

const unitInterval = (why: string): ValueRange => ({
  low: 0,
  high: 1,
  allowed: `a number in [0, 1] (${why})`,
});

/** Which data a likelihood can explain. */
export function dataRange(likelihood: LikelihoodSpec): ValueRange {
  if (likelihood.family === 'bernoulli') return unitInterval('the likelihood is bernoulli');
  return likelihood.mean === 'unit_interval'
    ? unitInterval('the likelihood is gaussian with mean unit_interval')
    : FINITE;
}
