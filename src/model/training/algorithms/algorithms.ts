import type { AlgorithmName, AlgorithmSpec } from '../../specification.ts';
import type { Variant } from '../../specification/schema.ts';
import { aevb } from './aevb.ts';
import type { Algorithm, AlgorithmContext } from './algorithm.ts';
import { fullVb } from './full-vb.ts';
import { mcem } from './mcem.ts';
import { wakeSleep } from './wake-sleep.ts';

type Algorithms = {
  [Name in AlgorithmName]: (
    context: AlgorithmContext,
    spec: Extract<AlgorithmSpec, { name: Name }>,
  ) => Algorithm;
};

const ALGORITHMS: Algorithms = { aevb, wake_sleep: wakeSleep, mcem, full_vb: fullVb };

export function createAlgorithm(context: AlgorithmContext): Algorithm {
  return create(context, context.training.algorithm);
}

function create<Name extends AlgorithmName>(
  context: AlgorithmContext,
  spec: Variant<AlgorithmSpec, 'name', Name>,
): Algorithm {
  const name: Name = spec.name;
  return ALGORITHMS[name](context, spec);
}
