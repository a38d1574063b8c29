import { describe, it } from 'vitest';
import { expectCentralDifferences, GRADIENT_CASES } from '../../support/gradient-cases.ts';
import { coverPairs } from '../../support/pairwise.ts';

const elsewhere = new Set(coverPairs(GRADIENT_CASES));

/** Those combinations that gradients.test.ts leaves out. */
describe('the gradient of the loss', () => {
  it.each(GRADIENT_CASES.filter((given) => !elsewhere.has(given)))(
    'is its central difference: $estimator, $likelihood, $objective.name, $activation',
    expectCentralDifferences,
  );
});
