/** The paper's MNIST model and training. The pixels are random, because the time does not depend on them. */
export const DATA_SIZE = 784;
export const MINIBATCH = 100;

const network = { name: 'mlp', hidden_sizes: [500], activation: 'tanh' };
export const MODEL = {
  latent_size: 20,
  posterior: { family: 'gaussian' },
  prior: { family: 'gaussian', mean: 0, standard_deviation: 1 },
  likelihood: { family: 'bernoulli' },
  encoder: network,
  decoder: network,
};

export const OPTIMIZERS = {
  sgd: { name: 'sgd', learning_rate: 0.001 },
  adagrad: { name: 'adagrad', learning_rate: 0.02, epsilon: 1e-8, accumulate_steps: 0 },
  adam: { name: 'adam', learning_rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
};

export function defineTraining(optimizer) {
  return {
    epochs: 1,
    samples_per_datapoint: 1,
    binarization: 'none',
    algorithm: { name: 'aevb' },
    estimator: { name: 'sgvb_b' },
    kl_weight: { final: 1, warm_up_epochs: 0 },
    learning_rate_schedule: { name: 'constant' },
    objective: { name: 'ml' },
    optimizer: OPTIMIZERS[optimizer],
    initializer: 'fan_in',
    output_bias: 'data_mean',
    seed: 1,
    validation_fraction: 0,
    checkpoint_every_epochs: 1,
    keep_checkpoints: 1,
  };
}

/** Creates 10,000 rows of random bytes. As in MNIST, four fifths are zero. */
export function createRandomRows() {
  const bytes = Uint8Array.from({ length: 10_000 * DATA_SIZE }, () =>
    Math.random() < 0.8 ? 0 : Math.random() * 256,
  );
  return {
    dtype: 'uint8',
    scale: 1 / 255,
    async readRows(indices, out) {
      indices.forEach((row, i) => {
        out.set(bytes.subarray(row * DATA_SIZE, (row + 1) * DATA_SIZE), i * DATA_SIZE);
      });
    },
  };
}
