import type { EstimatorSpec } from '../specification.ts';
import type { Variant } from '../specification/schema.ts';
import type { Estimator } from './estimator.ts';
import { importanceWeighted } from './importance-weighted.ts';
import { scoreFunction } from './score-function.ts';
import { sgvbA, sgvbB } from './sgvb.ts';

type Estimators = {
  [Name in EstimatorSpec['name']]: (spec: Extract<EstimatorSpec, { name: Name }>) => Estimator;
};

const ESTIMATORS: Estimators = {
  sgvb_a: () => sgvbA,
  sgvb_b: () => sgvbB,
  score_function: ({ control_variate }) => scoreFunction(control_variate),
  importance_weighted: () => importanceWeighted,
};

export function createEstimator<Name extends EstimatorSpec['name']>(
  spec: Variant<EstimatorSpec, 'name', Name>,
): Estimator {
  const name: Name = spec.name;
  return ESTIMATORS[name](spec);
}
