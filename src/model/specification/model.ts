import Type, { type Static } from 'typebox';
import { ChosenLikelihood, Likelihood } from './likelihood.ts';
import { Posterior, Prior } from './latent.ts';
import { LIMITS } from './limits.ts';
import { Network } from './networks/networks.ts';
import { closed, withoutDefault } from './schema.ts';

const latentSize = Type.Integer({
  minimum: 1,
  maximum: LIMITS.latentSize,
  default: 20,
  description: 'Dimensions of z.',
});

export const ModelSpec = Type.Object(
  {
    latent_size: latentSize,
    posterior: Posterior,
    prior: Prior,
    likelihood: Likelihood,
    encoder: Network,
    decoder: Network,
  },
  { ...closed, title: 'ModelSpec', default: {} },
);
export type ModelSpec = Static<typeof ModelSpec>;

const chosenNetwork = withoutDefault(
  Network,
  'Default: one hidden layer of 500 units; for tables as docs/method.md says.',
);

/** A model as ordered. What is left out is chosen for the data set: the likelihood is the one proposed for it. */
export const ModelOrder = Type.Object(
  {
    latent_size: withoutDefault(
      latentSize,
      'Dimensions of z. Default: 20; for tables as docs/method.md says.',
    ),
    posterior: Posterior,
    prior: Prior,
    likelihood: Type.Optional(ChosenLikelihood),
    encoder: chosenNetwork,
    decoder: chosenNetwork,
  },
  { ...closed, title: 'ModelOrder', default: {} },
);
export type ModelOrder = Static<typeof ModelOrder>;
