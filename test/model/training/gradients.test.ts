import { describe, it } from 'vitest';
import { expectCentralDifferences, GRADIENT_CASES } from '../../support/gradient-cases.ts';
import { coverPairs } from '../../support/pairwise.ts';

/** Every two choices; gradients.long.test.ts has the other combinations. */
describe('the gradient of the loss', () => {
  it.each(coverPairs(GRADIENT_CASES))(
    'is its central difference: $estimator, $likelihood, $objective.name, $activation',
    expectCentralDifferences,
  );
});
