import Type, { type Static } from 'typebox';
import { tagged } from './schema.ts';

const rate = (value: number) =>
  Type.Number({ exclusiveMinimum: 0, maximum: 1000, default: value, description: 'Step size.' });
const decay = (value: number) => Type.Number({ minimum: 0, exclusiveMaximum: 1, default: value });
const epsilon = Type.Number({
  minimum: 1e-15,
  maximum: 1,
  default: 1e-8,
  description: 'Keeps divisions finite if gradients vanish.',
});

export const Optimizer = tagged(
  'Optimizer',
  'name',
  {
    sgd: { learning_rate: rate(0.01) },
    adagrad: {
      learning_rate: rate(0.01),
      epsilon,
      accumulate_steps: Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        default: 0,
        description:
          'Number of initial steps that only accumulate squared gradients and change no parameter.',
      }),
    },
    adam: { learning_rate: rate(0.001), beta1: decay(0.9), beta2: decay(0.999), epsilon },
    rmsprop: { learning_rate: rate(0.001), decay: decay(0.9), epsilon },
  },
  'adam',
);
export type OptimizerSpec = Static<typeof Optimizer>;
