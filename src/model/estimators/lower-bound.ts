import type { Estimate, EstimatorInput } from './estimator.ts';
import { sgvbA, sgvbB } from './sgvb.ts';

/** The estimate of the bound with least variance: the divergence is in closed form if there is one. */
export function lowerBound(input: EstimatorInput): Estimate {
  return input.vae.klDivergence ? sgvbB(input) : sgvbA(input);
}
