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
} as const;
