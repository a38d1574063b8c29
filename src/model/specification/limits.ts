/** Maximum sizes of a specification. */
export const LIMITS = {
  latentSize: 1024,
  /** Maximum number of dimensions in one traversal. */
  traversedLatents: 32,
  hiddenLayers: 8,
  hiddenSize: 8192,
  dataSize: 65536,
  minibatchSize: 8192,
  steps: 1_000_000_000,
  samplesPerDatapoint: 64,
  parameters: 200_000_000,
  /** Values that the layers of one step hold: minibatch_size * samples_per_datapoint * units. Each takes about 16 bytes in training. */
  activations: 2 ** 28,
} as const;

/** Maximum sizes of a likelihood. */
export const LIKELIHOOD_LIMITS = { columns: 4096, categories: 1024, nameCharacters: 200 } as const;
