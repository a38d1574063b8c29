import type { OptimizerSpec } from '../spec.ts';
import { adagrad } from './adagrad.ts';
import { adam } from './adam.ts';
import type { Optimizer } from './optimizer.ts';
import { sgd } from './sgd.ts';

type Optimizers = {
  [Name in OptimizerSpec['name']]: (spec: Extract<OptimizerSpec, { name: Name }>) => Optimizer;
};

const OPTIMIZERS: Optimizers = { sgd, adagrad, adam };

export function createOptimizer(spec: OptimizerSpec): Optimizer {
  return (OPTIMIZERS[spec.name] as (spec: OptimizerSpec) => Optimizer)(spec);
}
