/** The density y e^(y x) / (e^y - 1) on [0, 1] (distributions/likelihoods/continuous-bernoulli.ts), fitted to a mean. */
const LARGEST = 128;

/** 1 / (1 - e^-y) - 1 / y. */
function meanAt(y: number): number {
  return Math.abs(y) < 1e-4 ? 0.5 + y / 12 : 1 / -Math.expm1(-y) - 1 / y;
}

/** Finds the logit with this mean by bisection. Means are clamped to [0.01, 0.99]. */
export function continuousBernoulliLogit(mean: number): number {
  const inside = Math.min(Math.max(mean, 0.01), 0.99);
  let [low, high] = [-LARGEST, LARGEST];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (meanAt(middle) < inside) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Mean log density, in nats, of values with this mean under the best-fitting continuous Bernoulli. */
export function continuousBernoulliScore(mean: number): number {
  const y = continuousBernoulliLogit(mean);
  const normalizer = Math.abs(y) < 1e-4 ? y / 2 : Math.log(Math.expm1(y) / y);
  return mean * y - normalizer;
}
