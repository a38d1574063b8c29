import type { OptimizerSpec } from '../specification.ts';
import type { Variant } from '../specification/schema.ts';
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

export function createOptimizer<Name extends OptimizerSpec['name']>(
  spec: Variant<OptimizerSpec, 'name', Name>,
  context: OptimizerContext = {},
): UpdateRule {
  const name: Name = spec.name;
  return OPTIMIZERS[name](spec, context);
}
