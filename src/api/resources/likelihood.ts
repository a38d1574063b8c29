import { valueDomain, type LikelihoodSpec } from '../../model/spec.ts';
import { FINITE, type ValueRange } from '../rows.ts';

/** Which data a likelihood can explain; of a mixed one every finite number here, its columns differ. */
export function dataRange(likelihood: LikelihoodSpec): ValueRange {
  if (likelihood.family === 'mixed') return FINITE;
  const { low, high, allowed } = valueDomain(likelihood);
  return { low, high, allowed: `${allowed} (the likelihood is ${nameOf(likelihood)})` };
}

function nameOf(likelihood: LikelihoodSpec): string {
  const squashed = likelihood.family === 'gaussian' && likelihood.mean === 'unit_interval';
  return squashed ? 'gaussian with mean unit_interval' : likelihood.family;
}
