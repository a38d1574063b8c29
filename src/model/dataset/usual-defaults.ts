import type { NetworkSpec } from '../specification/networks/networks.ts';
import type { ModelSpec } from '../specification/model.ts';
import { DEFAULT_EPOCHS, type TrainingOrder, type TrainingSpec } from '../specification/training.ts';

/** What an order may leave open, apart from the likelihood. */
export interface OrderDefaults {
  readonly model: Pick<ModelSpec, 'latent_size' | 'encoder' | 'decoder'>;
  readonly training: Pick<
    TrainingSpec,
    'optimizer' | 'learning_rate_schedule' | 'initializer' | 'validation_fraction'
  > &
    Partial<TrainingSpec>;
}

const createPaperNetwork = (): NetworkSpec => ({ name: 'mlp', hidden_sizes: [500], activation: 'tanh' });

/** For images and other arrays: the paper's MNIST model. The same as the defaults of ModelSpec and TrainingSpec. */
export const chooseUsualDefaults = ({ steps }: TrainingOrder): OrderDefaults => ({
  model: {
    latent_size: 20,
    encoder: createPaperNetwork(),
    decoder: createPaperNetwork(),
  },
  training: {
    ...(steps === undefined && { epochs: DEFAULT_EPOCHS }),
    optimizer: createAdam(0.001),
    learning_rate_schedule: { name: 'constant' },
    initializer: 'fan_in',
    validation_fraction: 0.1,
  },
});

/** Adam with the usual decays. */
export function createAdam(learning_rate: number): TrainingSpec['optimizer'] {
  return { name: 'adam', learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
}
