/** Sizes beyond which a specification is refused. */
export const LIMITS = {
  latentSize: 1024,
  /** Most dimensions that one traversal moves. */
  traversedLatents: 32,
  hiddenLayers: 8,
  hiddenSize: 8192,
  dataSize: 65536,
  minibatchSize: 8192,
  samplesPerDatapoint: 64,
  parameters: 200_000_000,
  /** Values that the layers of one step hold: minibatch_size * samples_per_datapoint * units. Training takes about 16 bytes for each. */
  activations: 2 ** 28,
} as const;

/** Sizes beyond which a likelihood is refused. */
export const LIKELIHOOD_LIMITS = { columns: 4096, categories: 1024, nameCharacters: 200 } as const;
