import type { OptimizerSpec } from '../specification.ts';
import { adagrad } from './adagrad.ts';
import { adam } from './adam.ts';
import type { Optimizer, OptimizerContext } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

type Optimizers = {
  [Name in OptimizerSpec['name']]: (
    spec: Extract<OptimizerSpec, { name: Name }>,
    context: OptimizerContext,
  ) => Optimizer;
};

const OPTIMIZERS: Optimizers = { sgd, adagrad, adam, rmsprop };

export function createOptimizer(spec: OptimizerSpec, context: OptimizerContext = {}): Optimizer {
  const make = OPTIMIZERS[spec.name] as (spec: OptimizerSpec, context: OptimizerContext) => Optimizer;
  return make(spec, context);
}
