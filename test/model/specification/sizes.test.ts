import { describe, expect, it } from 'vitest';
import { countParameters } from '../../../src/model/specification.ts';
import { modelSpec } from '../../support/specifications.ts';

describe('countParameters', () => {
  const small = { hidden_sizes: [3], activation: 'tanh' };
  it.each([
    // 784-500-(20+20) and 20-500-784, each with biases.
    [784, modelSpec(), 785 * 500 + 501 * 40 + 21 * 500 + 501 * 784],
    [4, modelSpec({ latent_size: 2, encoder: small, decoder: small }), 5 * 3 + 4 * 4 + 3 * 3 + 4 * 4],
    [
      4,
      modelSpec({ latent_size: 2, encoder: small, decoder: small, likelihood: { family: 'gaussian' } }),
      5 * 3 + 4 * 4 + 3 * 3 + 4 * 8,
    ],
    [
      4,
      modelSpec({
        latent_size: 2,
        encoder: small,
        decoder: small,
        likelihood: { family: 'gaussian', variance: 'shared' },
      }),
      5 * 3 + 4 * 4 + 3 * 3 + 4 * 4 + 1,
    ],
  ])('counts weights and biases (%#)', (dataSize, model, count) => {
    expect(countParameters(model, [dataSize])).toBe(count);
  });
});
