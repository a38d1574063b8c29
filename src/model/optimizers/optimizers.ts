import type { OptimizerSpec } from '../specification.ts';
import { adagrad } from './adagrad.ts';
import { adam } from './adam.ts';
import type { UpdateRule, OptimizerContext } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

type Optimizers = {
  [Name in OptimizerSpec['name']]: (
    spec: Extract<OptimizerSpec, { name: Name }>,
    context: OptimizerContext,
  ) => UpdateRule;
};

const OPTIMIZERS: Optimizers = { sgd, adagrad, adam, rmsprop };

export function createOptimizer(spec: OptimizerSpec, context: OptimizerContext = {}): UpdateRule {
  const make = OPTIMIZERS[spec.name] as (spec: OptimizerSpec, context: OptimizerContext) => UpdateRule;
  return make(spec, context);
}
