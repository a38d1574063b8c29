import Type, { type Static, type TSchema } from 'typebox';
import { ChosenLikelihood, Likelihood } from './likelihood.ts';
import { Posterior, Prior } from './latent.ts';
import { LIMITS } from './limits.ts';
import { Network } from './networks/networks.ts';
import { closed } from './schema.ts';

const modelWith = <Schema extends TSchema>(title: string, likelihood: Schema) =>
  Type.Object(
    {
      latent_size: Type.Integer({
        minimum: 1,
        maximum: LIMITS.latentSize,
        default: 20,
        description: 'Dimensions of z.',
      }),
      posterior: Posterior,
      prior: Prior,
      likelihood,
      encoder: Network,
      decoder: Network,
    },
    { ...closed, title, default: {} },
  );

export const ModelSpec = modelWith('ModelSpec', Likelihood);
export type ModelSpec = Static<typeof ModelSpec>;

/** A model as ordered. Its default likelihood is the one proposed for its data set. */
export const ModelOrder = modelWith('ModelOrder', Type.Optional(ChosenLikelihood));
export type ModelOrder = Static<typeof ModelOrder>;
